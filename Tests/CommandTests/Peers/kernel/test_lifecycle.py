"""How a kernel starts and ends."""

import json
import os
import subprocess
import sys
import time

import pytest
import samples
from client import kernel_argv
from fixtures import launch, started  # noqa: F401


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
