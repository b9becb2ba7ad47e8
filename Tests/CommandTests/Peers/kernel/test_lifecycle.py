"""How a kernel starts and ends."""

import json
import os
import subprocess
import sys
import time

import pytest
import samples
from client import kernel_argv
from fixtures import (  # noqa: F401
    launch,
    started,
    started_with_chosen_ports,
    transport,
    wait_for,
)


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("while_running", [None, "loop", "deaf", "ask"])
def test_shutdown_ends_the_process(launch, restart, while_running):
    kernel, client, code = started(launch)
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


def test_24_kernels_at_once_each_answer(launch):
    kernels = started_with_chosen_ports(launch, 24)
    clients = [kernel.client() for kernel in kernels]
    for client in clients:
        assert client.ready(timeout=60)["status"] == "ok"
    for client in clients:
        client.send("shutdown_request", {"restart": False}, channel="control")
    for kernel in kernels:
        assert kernel.process.wait(10) == 0


# Starts the command that it is given, once for each connection file, and waits to be killed.
PARENT = """
import json, os, subprocess, sys, threading
argv, files = json.loads(sys.argv[1])
env = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
def start():
    for file in files:
        command = [part.replace("{connection_file}", file) for part in argv]
        process = subprocess.Popen(command, env=env, start_new_session=True)
        print(process.pid, flush=True)
# By a thread that ends: a kernel must not take the end of the thread for that of the process.
thread = threading.Thread(target=start)
thread.start()
thread.join()
sys.stdin.read()
"""


def test_no_kernel_is_left_when_its_parent_is_killed(launch):
    kernels = [launch(start=False) for _ in range(24)]
    for kernel in kernels:
        kernel.ask_for_ports()
    files = [kernel.connection_file for kernel in kernels]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, json.dumps([kernel_argv(), files])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    pids = [int(parent.stdout.readline()) for _ in kernels]
    for kernel in kernels:
        wait_for(kernel.learn_ports, timeout=60)
    clients = [kernel.client() for kernel in kernels]
    infos = [client.ready(timeout=60) for client in clients]
    # Some compute meanwhile, endlessly even.
    code = samples.of(infos[0]["language_info"]["name"])
    for client in clients[::2]:
        client.send_execute(code.loop)
    for client in clients[::8]:
        client.send_execute(code.deaf)
    time.sleep(0.2)
    parent.kill()
    parent.wait()
    wait_for(lambda: not any(runs(pid) for pid in pids), timeout=10)


def runs(pid):
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_a_kernel_needs_nothing_of_the_folder_it_starts_in(launch):
    kernel = launch(start=False)
    folder = os.path.join(kernel.dir, "gone")
    os.mkdir(folder)
    kernel.start(cwd=folder)
    os.rmdir(folder)
    assert kernel.client().ready()["status"] == "ok"
