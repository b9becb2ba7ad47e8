"""How a kernel starts: connection files, ports that it chooses, the handshake with a launcher."""

import json
import os
import re
import signal
import socket
import stat
import subprocess

import pytest
from client import CHANNELS, kernel_argv
from fixtures import (  # noqa: F401
    fails_to_start,
    launch,
    only_over,
    started,
    transport,
    wait_for,
)


BAD_CONNECTIONS = {
    "no json": ("{", "JSON"),
    "an array": ("[]", "object"),
    "empty": ("", "JSON"),
    "deep": ("[" * 100_000, "JSON"),
}


@pytest.mark.parametrize("name", BAD_CONNECTIONS)
def test_a_connection_file_that_cannot_be_read(launch, name):
    text, expected = BAD_CONNECTIONS[name]
    kernel = launch(start=False)
    with open(kernel.connection_file, "w") as file:
        file.write(text)
    fails_to_start(kernel, "connection.json", expected)


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"transport": "udp"}, "udp"),
        ({"transport": 3}, "transport"),
        ({"signature_scheme": "hmac-md5"}, "hmac-md5"),
        ({"key": 1}, "key"),
        ({"key": None}, "key"),
        ({"ip": ""}, "ip"),
        ({"shell_port": -1}, "shell_port"),
        ({"shell_port": "1"}, "shell_port"),
        ({"hb_port": None}, "hb_port"),
        ({"curve_publickey": "short", "curve_secretkey": "short"}, "curve"),
    ],
)
def test_a_connection_that_makes_no_sense(launch, change, expected):
    fails_to_start(launch(start=False, extra=change), expected)


@only_over("tcp")
@pytest.mark.parametrize(
    "change, expected",
    [
        ({"ip": "no such host"}, "no such host"),
        ({"ip": "no such host"}, "`ip` must be an IP address of this machine"),
        ({"ip": "999.1.1.1"}, "`ip` must be an IP address of this machine"),
        # Reserved for documentation, so no machine has it.
        ({"ip": "192.0.2.1"}, "`ip` must be an IP address of this machine"),
        ({"shell_port": 70_000}, "shell_port"),
    ],
)
def test_a_tcp_address_that_makes_no_sense(launch, change, expected):
    fails_to_start(launch(start=False, extra=change), expected)


@only_over("tcp")
@pytest.mark.parametrize("ip", ["localhost", "lo", "*", "0.0.0.0"])
def test_a_tcp_address_by_its_name(launch, ip):
    started(launch, extra={"ip": ip})


def test_arguments_for_other_kernels_are_told(launch):
    kernel = launch(start=False)
    kernel.start(arguments=["--log-level", "notice", "file.py"])
    kernel.client().ready()
    assert kernel.logged() == "nabla kernel: notice: ignored what is not for this kernel: file.py\n"


def test_a_missing_connection_file(launch):
    kernel = launch(start=False)
    os.remove(kernel.connection_file)
    fails_to_start(kernel, "connection.json", "No such file")


def test_a_folder_as_connection_file(launch):
    kernel = launch(start=False)
    os.remove(kernel.connection_file)
    os.mkdir(kernel.connection_file)
    fails_to_start(kernel, "connection.json")


@only_over("tcp")
def test_a_port_that_is_taken(launch):
    kernel = launch(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", kernel.ports["stdin"]))
        taken.listen()
        fails_to_start(kernel, str(kernel.ports["stdin"]), "in use")


@only_over("ipc")
def test_an_ipc_path_that_is_taken(launch):
    kernel, client, code = started(launch)
    argv = [a.replace("{connection_file}", kernel.connection_file) for a in kernel_argv()]
    second = subprocess.run(argv, capture_output=True, timeout=5)
    assert second.returncode == 1
    assert b"in use" in second.stderr
    assert client.execute(code.trivial)[0].content["status"] == "ok"


def test_an_unknown_member_of_the_connection_file_is_tolerated(launch):
    started(launch, extra={"kernel_id": "x", "registration_port": 1, "jupyter_session": ""})


def test_an_empty_key_means_no_signatures(launch):
    kernel = launch(start=False, extra={"key": ""})
    kernel.start()
    frames = kernel.client().frames("kernel_info_request", {})
    frames[1] = b""
    shell = kernel.clients[0].sockets["shell"]
    shell.send_multipart(frames)
    assert shell.poll(5000)
    assert shell.recv_multipart()[1] == b""


def test_ports_that_are_0_are_chosen_and_written_into_the_file(launch):
    kernel = launch(start=False)
    kernel.info["extra"] = {"kept": 1}
    kernel.ask_for_ports()
    kernel.start()
    wait_for(kernel.learn_ports)
    with open(kernel.connection_file) as file:
        written = json.load(file)
    assert stat.S_IMODE(os.stat(kernel.connection_file).st_mode) == 0o600
    assert written["extra"] == {"kept": 1} and written["key"] == kernel.info["key"]
    assert len(set(kernel.ports.values())) == 5
    client = kernel.client()
    assert client.ready()["status"] == "ok"
    reply, _ = client.request("connect_request")
    assert {c: reply.content[f"{c}_port"] for c in CHANNELS} == kernel.ports


@pytest.mark.parametrize(
    "mode, level, expected",
    [
        (0o600, "notice", ""),
        (0o640, "warning", "others may read the connection file"),
        (0o644, "warning", "others may read the connection file"),
        (0o604, "warning", "others may read the connection file"),
        (0o620, "warning", "others may write the connection file"),
        (0o666, "warning", "others may write the connection file"),
    ],
)
def test_the_permissions_of_the_connection_file_are_checked(launch, mode, level, expected):
    kernel = launch(start=False)
    os.chmod(kernel.connection_file, mode)
    kernel.start(arguments=["--log-level", level])
    kernel.client().ready()
    assert [line for line in kernel.logged().splitlines() if expected not in line] == []
    assert expected in kernel.logged()


def test_a_connection_file_of_another_user_is_told(launch):
    # The tests run as root in a container; elsewhere nobody can give a file away.
    if os.geteuid() != 0:
        return
    kernel = launch(start=False)
    os.chown(kernel.connection_file, 12345, -1)
    kernel.start()
    kernel.client().ready()
    assert "belongs to another user (12345)" in kernel.logged()


# Without a file


def start_alone(folder, *arguments, env=None):
    binary = kernel_argv()[0]
    return subprocess.Popen(
        [binary, "kernel", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "JUPYTER_RUNTIME_DIR": str(folder),
            "NABLA_HISTORY": "off",
            **(env or {}),
        },
        # These tests may run under nohup, and what is ignored stays so.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        text=True,
    )


@only_over("tcp")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
def test_a_kernel_without_a_file_writes_one_and_takes_it_away(launch, tmp_path, number):
    folder = tmp_path / "jupyter" / "runtime"
    process = start_alone(folder)
    try:
        line = next(line for line in process.stdout if "--existing" in line)
        path = folder / f"kernel-{process.pid}.json"
        assert line.split("--existing")[1].strip() == str(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        written = json.loads(path.read_text())
        assert re.fullmatch("[0-9a-f-]{36}", written["key"])
        kernel = launch(start=False)
        kernel.process = process
        kernel.key = written["key"].encode()
        kernel.ports = {c: written[f"{c}_port"] for c in CHANNELS}
        assert kernel.client().ready()["status"] == "ok"
        process.send_signal(number)
        assert process.wait(5) == 0
        assert not path.exists()
        assert os.listdir(folder) == []
    finally:
        process.kill()


def test_a_name_that_is_taken_is_left_alone(tmp_path):
    process = start_alone(tmp_path)
    try:
        next(line for line in process.stdout if "--existing" in line)
        # Nobody can know the number of the next process, so this takes many.
        for number in range(process.pid + 1, process.pid + 2000):
            (tmp_path / f"kernel-{number}.json").write_text("another's")
        second = start_alone(tmp_path)
        line = next(line for line in second.stdout if "--existing" in line)
        path = tmp_path / f"kernel-{second.pid}-2.json"
        assert line.split("--existing")[1].strip() == str(path)
        second.terminate()
        assert second.wait(5) == 0
        assert (tmp_path / f"kernel-{second.pid}.json").read_text() == "another's"
        assert not path.exists()
    finally:
        process.kill()
        process.wait()


def test_a_runtime_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    process = start_alone(tmp_path / "file" / "runtime")
    _, log = process.communicate(timeout=5)
    assert process.returncode == 1
    assert len(log.splitlines()) == 1 and "file" in log


def test_the_runtime_folder_is_jupyters(tmp_path):
    from jupyter_core import paths

    for env in (
        {"JUPYTER_RUNTIME_DIR": str(tmp_path / "a")},
        {"JUPYTER_RUNTIME_DIR": "", "JUPYTER_DATA_DIR": str(tmp_path / "b")},
        {"JUPYTER_RUNTIME_DIR": "", "JUPYTER_DATA_DIR": "", "XDG_DATA_HOME": str(tmp_path / "c")},
        {
            "JUPYTER_RUNTIME_DIR": "",
            "JUPYTER_DATA_DIR": "",
            "XDG_DATA_HOME": "",
            "HOME": str(tmp_path / "d"),
        },
    ):
        process = start_alone("", env=env)
        try:
            line = next(line for line in process.stdout if "--existing" in line)
            with pytest.MonkeyPatch.context() as patch:
                for name, value in env.items():
                    patch.setenv(name, value)
                expected = paths.jupyter_runtime_dir()
            assert line.split("--existing")[1].strip().startswith(f"{expected}/kernel-")
        finally:
            process.terminate()
            assert process.wait(5) == 0
