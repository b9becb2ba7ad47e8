"""CURVE: the keys of the connection file encrypt all five channels, and who has none gets nothing."""

import pytest
import zmq
from client import CHANNELS, Kernel
from fixtures import fails_to_start, launch, started, transport, wait_for  # noqa: F401


def keys(public=None, secret=None):
    made = zmq.curve_keypair()
    return {
        "curve_publickey": (public or made[0]).decode(),
        "curve_secretkey": (secret or made[1]).decode(),
    }


def test_all_five_channels_are_encrypted(launch):
    kernel, client, code = started(launch, extra=keys())
    for channel in CHANNELS:
        socket = client.sockets[channel]
        assert socket.getsockopt(zmq.MECHANISM) == zmq.CURVE, channel
    # shell and iopub, control, stdin, heartbeat
    reply, iopub = client.execute(code.value[0])
    assert reply.content["status"] == "ok" and len(iopub) == 4
    assert client.request("kernel_info_request", channel="control")[0].content["status"] == "ok"
    message_id = client.send_execute(code.ask("?"), allow_stdin=True)
    question = next(m for m in iter(client.receive, None) if m.type == "input_request")
    client.send("input_reply", {"value": "x"}, channel="stdin", parent=question.header)
    client.gather(message_id)
    client.sockets["hb"].send(b"x")
    assert client.sockets["hb"].poll(2000)


def stranger(kernel, public=None):
    """A client that knows the ports and the signing key, with another idea of the server's key."""
    other = Kernel(start=False)
    other.info = {"curve_publickey": public.decode()} if public else {}
    other.transport, other.ip = kernel.transport, kernel.ip
    other.ports, other.key = kernel.ports, kernel.key
    return other


@pytest.mark.parametrize("fault", ["no key", "another server's key"])
def test_a_client_without_the_right_key_gets_nothing_on_any_channel(launch, fault):
    kernel, client, code = started(launch, extra=keys())
    other = stranger(kernel, zmq.curve_keypair()[0] if fault != "no key" else None)
    try:
        outsider = other.client()
        for channel in ("shell", "control"):
            outsider.send("kernel_info_request", {}, channel=channel)
        outsider.sockets["hb"].send(b"x")
        client.execute(code.say("secret"))
        assert outsider.receive(0.5) is None
        assert not outsider.sockets["hb"].poll(100)
    finally:
        other.close()
    assert client.execute(code.value[0])[0].content["status"] == "ok"
    # Of one that does not encrypt the log speaks only where the kernel sees it before it goes away.
    told = "its keys are not those of this kernel"
    if fault != "no key":
        wait_for(lambda: f"warning: a connection to shell failed: {told}" in kernel.logged())
    else:
        assert told not in kernel.logged()
    assert "it encrypts" not in kernel.logged()


def test_an_encrypting_client_gets_nothing_from_a_plain_kernel(launch):
    kernel, client, code = started(launch)
    other = stranger(kernel, zmq.curve_keypair()[0])
    try:
        outsider = other.client()
        outsider.send("kernel_info_request", {})
        assert outsider.receive(0.5) is None
    finally:
        other.close()
    assert client.execute(code.value[0])[0].content["status"] == "ok"
    # Whether the log speaks of it depends on who sees the mismatch first and closes the connection.
    assert "does not encrypt, and" not in kernel.logged()


@pytest.mark.parametrize("name", ["curve_publickey", "curve_secretkey"])
def test_one_key_without_the_other_is_refused(launch, name):
    other = next(key for key in keys() if key != name)
    kernel = launch(start=False, extra={name: keys()[name]})
    fails_to_start(kernel, f"`{other}` is missing")


@pytest.mark.parametrize(
    "made, expected",
    [
        (lambda: keys(secret=b"\\" * 40), "curve_secretkey"),
        (lambda: keys(public=zmq.curve_keypair()[0]), "does not belong"),
        (lambda: {name: "x" * 41 for name in keys()}, "40 characters each"),
        (lambda: {name: 7 for name in keys()}, "curve_publickey"),
    ],
)
def test_keys_that_are_none_are_refused(launch, made, expected):
    fails_to_start(launch(start=False, extra=made()), expected)
