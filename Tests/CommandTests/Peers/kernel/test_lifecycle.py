"""How a kernel starts and ends."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
import samples
import zmq
from client import Kernel, kernel_argv
from fixtures import launch  # noqa: F401


def started(launch, *args, **kw):
    kernel = launch(*args, **kw)
    client = kernel.client()
    info = client.ready()
    return kernel, client, samples.of(info["language_info"]["name"])


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("while_running", [None, "loop", "deaf", "ask"])
def test_shutdown_ends_the_process(launch, transport, restart, while_running):
    kernel, client, code = started(launch, transport)
    other = kernel.client()
    other.ready()
    if while_running:
        cell = getattr(code, while_running)
        client.send_execute(cell("?") if callable(cell) else cell, allow_stdin=True)
        client.send_execute(code.trivial)
        time.sleep(0.3)
        client.drain(0.05)
    start = time.monotonic()
    message_id = client.send("shutdown_request", {"restart": restart}, channel="control")
    kernel.process.wait(5)
    assert time.monotonic() - start < 2
    assert kernel.process.returncode == 0
    mine = client.drain()
    reply = next(m for m in mine if m.channel == "control")
    assert reply.type == "shutdown_reply"
    assert reply.content == {"status": "ok", "restart": restart}
    about = [m for m in mine if m.channel == "iopub" and m.parent_id == message_id]
    assert [m.type for m in about] == ["status", "shutdown_reply", "status"]
    theirs = [m for m in other.drain() if m.type == "shutdown_reply"]
    assert [m.channel for m in theirs] == ["iopub"]


def test_shutdown_on_shell_as_old_clients_send_it(launch):
    kernel, client, _ = started(launch)
    reply, _ = client.request("shutdown_request", {"restart": False})
    assert reply.type == "shutdown_reply"
    assert kernel.process.wait(5) == 0


def test_sigterm_ends_the_process(launch):
    kernel, _, _ = started(launch)
    kernel.process.terminate()
    assert kernel.process.wait(5) == 0


def test_a_restarted_kernel_has_another_session(launch):
    sessions = set()
    for _ in range(2):
        _, client, _ = started(launch)
        sessions.add(client.request("kernel_info_request")[0].header["session"])
    assert len(sessions) == 2


def test_the_kernel_ends_with_its_parent(launch):
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    kernel, _, _ = started(launch, env={"JPY_PARENT_PID": str(parent.pid)})
    assert kernel.alive()
    parent.kill()
    parent.wait()
    assert kernel.process.wait(5) == 0


@pytest.mark.parametrize("value", ["", "0", "-1", "999999999", "99999999999999999999", "x"])
def test_a_parent_that_cannot_be_seen_is_ignored(launch, value):
    kernel, client, code = started(launch, env={"JPY_PARENT_PID": value})
    assert client.execute(code.trivial)[0].content["status"] == "ok"


def fails_to_start(kernel, *expected):
    kernel.start()
    assert kernel.process.wait(5) == 1
    log = kernel.logged()
    assert len(log.strip().splitlines()) == 1, log
    for text in expected:
        assert text in log


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
        ({"ip": "no such host"}, "no such host"),
        ({"shell_port": 0}, "shell_port"),
        ({"shell_port": 70_000}, "shell_port"),
        ({"shell_port": "1"}, "shell_port"),
        ({"hb_port": None}, "hb_port"),
        ({"curve_publickey": "short", "curve_secretkey": "short"}, "curve"),
    ],
)
def test_a_connection_that_makes_no_sense(launch, change, expected):
    fails_to_start(launch(start=False, extra=change), expected)


def test_a_missing_connection_file(launch):
    kernel = launch(start=False)
    os.remove(kernel.connection_file)
    fails_to_start(kernel, "connection.json", "No such file")


def test_a_folder_as_connection_file(launch):
    kernel = launch(start=False)
    os.remove(kernel.connection_file)
    os.mkdir(kernel.connection_file)
    fails_to_start(kernel, "connection.json")


def test_a_port_that_is_taken(launch):
    kernel = launch(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", kernel.ports["stdin"]))
        taken.listen()
        fails_to_start(kernel, str(kernel.ports["stdin"]), "in use")


def test_an_ipc_path_that_is_taken(launch):
    kernel, client, code = started(launch, "ipc")
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


def test_curve_encrypts_all_channels(launch):
    public, secret = zmq.curve_keypair()
    keys = {"curve_publickey": public.decode(), "curve_secretkey": secret.decode()}
    kernel, client, code = started(launch, extra=keys)
    assert client.execute(code.value[0])[0].content["status"] == "ok"
    client.sockets["hb"].send(b"x")
    assert client.sockets["hb"].poll(2000)
    # A client without the key gets nothing.
    plain = Kernel(start=False)
    try:
        plain.info, plain.ports, plain.key = {}, kernel.ports, kernel.key
        stranger = plain.client()
        stranger.send("kernel_info_request", {})
        assert stranger.receive(0.5) is None
    finally:
        plain.close()


def test_idle_means_asleep(launch):
    kernel, _, _ = started(launch)
    time.sleep(0.3)

    def switches():
        total = 0
        for thread in os.listdir(f"/proc/{kernel.process.pid}/task"):
            for line in open(f"/proc/{kernel.process.pid}/task/{thread}/status"):
                if "ctxt_switches" in line:
                    total += int(line.split()[1])
        return total

    before = switches()
    time.sleep(2)
    assert switches() == before


def test_many_kernels_at_once(launch):
    kernels = [launch() for _ in range(8)]
    clients = [kernel.client() for kernel in kernels]
    for client in clients:
        assert client.ready()["status"] == "ok"
    for client in clients:
        client.send("shutdown_request", {"restart": False}, channel="control")
    for kernel in kernels:
        assert kernel.process.wait(5) == 0


def test_a_client_that_does_not_read_stalls_nobody(launch):
    kernel, client, code = started(launch)
    deaf = kernel.client(connect=["iopub"])
    deaf.sockets["iopub"].RCVHWM = 1
    for _ in range(5):
        client.execute(code.lines(10_000), timeout=20)
    assert client.execute(code.trivial, timeout=2)[0].content["status"] == "ok"


def test_nothing_of_a_cell_is_logged(launch):
    kernel, client, code = started(launch)
    client.execute(code.say("a secret text"))
    client.execute(code.fail)
    frames = client.frames("execute_request", {"code": code.say("a secret text")})
    frames[1] = b"0" * 64
    client.sockets["shell"].send_multipart(frames)
    time.sleep(0.1)
    log = kernel.logged()
    assert "dropped" in log and "signature" in log
    assert "secret" not in log


def test_a_closed_stderr_is_survived(launch):
    kernel = launch(start=False)
    argv = [a.replace("{connection_file}", kernel.connection_file) for a in kernel_argv()]
    read, write = os.pipe()
    kernel.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=write, stderr=write)
    os.close(write)
    os.close(read)
    client = kernel.client()
    info = client.ready()
    for _ in range(3):
        client.sockets["shell"].send_multipart([b"nonsense"])
    code = samples.of(info["language_info"]["name"])
    assert client.execute(code.trivial)[0].content["status"] == "ok"
    assert json.dumps(info)
