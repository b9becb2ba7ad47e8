"""What holds after each fault: the next good cell is answered quickly, and nothing bad ran."""

import time

import pytest

# What a cell in a bad message would print.
NEVER = "must not run"


@pytest.fixture(scope="module")
def witness(kernel):
    """A subscriber that sees all that the kernel shows while the faults are made."""
    witness = kernel.client(connect=["iopub"])
    assert witness.receive(10).type == "iopub_welcome"
    return witness


@pytest.fixture(autouse=True)
def survives(request, kernel, client, code, witness):
    """After each fault: the process lives, and a good cell is answered quickly and runs."""
    yield
    start = time.perf_counter()
    message_id = client.send_execute(code.value[0])
    reply = next(m for m in iter(client.receive, None) if m.parent_id == message_id and m.channel == "shell")
    milliseconds = (time.perf_counter() - start) * 1000
    request.node.user_properties.append(("milliseconds", milliseconds))
    request.node.user_properties.append(("transport", kernel.transport))
    assert reply.content["status"] == "ok"
    # The bound is 50 ms; ten times that is a guard.
    assert milliseconds < 500
    assert kernel.alive()
    while True:
        message = witness.receive(10)
        assert message is not None
        if message.type in ("execute_input", "stream"):
            assert NEVER not in message.content.get("code", "") + message.content.get("text", "")
        if message.parent_id == message_id and message.content.get("execution_state") == "idle":
            break


def quiet(client, frames, channel="shell"):
    """Sends frames that must lead to nothing at all."""
    client.sockets[channel].send_multipart(frames)
    time.sleep(0.05)
    assert client.drain(0.05) == []
