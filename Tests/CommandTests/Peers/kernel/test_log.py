"""What the kernel says on stderr, and what it does not."""

import json
import os
import subprocess

import pytest
import samples
from client import kernel_argv
from fixtures import launch, started, transport, wait_for  # noqa: F401


def test_nothing_of_a_cell_is_logged(launch):
    kernel, client, code = started(launch)
    client.execute(code.say("a secret text"))
    client.execute(code.fail)
    frames = client.frames("execute_request", {"code": code.say("a secret text")})
    frames[1] = b"0" * 64
    client.sockets["shell"].send_multipart(frames)
    # Errors, malformed requests, unknown comms and names are no news at the default level either.
    client.execute("secret_name", user_expressions={"secret": 7})
    client.execute("secret_name")
    client.request("secret_request", {"secret": 1})
    client.request("comm_msg", {"comm_id": "secret", "data": {}}, reply=False)
    client.send_parts([b'{"secret": 1}', b"{}", b"{}", b"{}"])
    wait_for(lambda: "signature" in kernel.logged())
    client.execute(code.trivial)
    assert [line for line in kernel.logged().splitlines() if "signature is wrong" not in line] == []


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


@pytest.mark.parametrize(
    "level, told, untold",
    [
        ("error", [], ["dropped", "refused", "failed"]),
        ("warning", ["dropped a message on shell: its signature is wrong"], ["refused", "failed"]),
        ("notice", ["dropped", "refused a request: no_such_request"], ["failed", "listening"]),
        ("debug", ["dropped", "refused", "a connection to control failed", "listening as"], []),
    ],
)
def test_each_level_says_what_it_is_for(launch, level, told, untold):
    kernel = launch(start=False)
    kernel.start(arguments=["--log-level", level])
    client = kernel.client()
    client.ready()
    client.request("no_such_request")
    frames = client.frames("kernel_info_request", {})
    frames[1] = b"0" * 64
    client.sockets["shell"].send_multipart(frames)
    with kernel.connect_raw("control") as s:
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
    client.request("kernel_info_request")
    for text in told:
        wait_for(lambda: text in kernel.logged())
    for text in untold:
        assert text not in kernel.logged()


def test_what_a_client_sends_stays_in_its_line(launch):
    kernel = launch(start=False)
    kernel.start(arguments=["--log-level", "notice"])
    client = kernel.client()
    client.ready()
    reply, _ = client.request("a\nnabla kernel: error: \x1b[2Jforged\x9b")
    assert reply.type == "unknown_reply"
    client.request("history_request", {"hist_access_type": "\r\u2028"})
    wait_for(lambda: "hist_access_type" in kernel.logged())
    lines = kernel.logged().split("\n")
    assert len(lines) == 3 and lines[2] == ""
    assert all(line.startswith("nabla kernel: notice: refused") for line in lines[:2])
    assert all(line.isprintable() for line in lines)


def test_an_unknown_level_is_refused(launch):
    kernel = launch(start=False)
    kernel.start(arguments=["--log-level", "loud"])
    assert kernel.process.wait(5) == 2
    assert "loud" in kernel.logged()
