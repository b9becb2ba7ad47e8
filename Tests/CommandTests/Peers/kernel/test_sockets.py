"""Heartbeat and iopub: what each client gets."""

import time

import pytest
from client import text
from fixtures import client, code, kernel  # noqa: F401


def test_the_heartbeat_echoes_also_while_a_cell_computes(client, code):
    heart = client.sockets["hb"]
    message_id = client.send_execute(code.loop)
    time.sleep(0.1)
    for beat in (b"", b"ping", bytes(range(256)) * 50):
        heart.send(beat)
        assert heart.poll(2000), "no heartbeat"
        assert heart.recv() == beat
    client.kernel.interrupt()
    client.gather(message_id)


@pytest.mark.parametrize("topic", [b"", b"status", b"stream.stdout"])
def test_a_new_subscriber_is_welcomed_first(kernel, topic):
    # Another client keeps iopub busy meanwhile.
    busy = kernel.client()
    for _ in range(30):
        busy.send("kernel_info_request", {})
    late = kernel.client(topic=topic, connect=["iopub"])
    first = late.receive(5)
    assert first is not None and first.type == "iopub_welcome"
    assert first.content == {"subscription": topic.decode()}
    assert first.prefix == [topic]
    assert first.parent == {}


def test_several_clients_see_each_others_output(kernel, code):
    one, two = kernel.client(), kernel.client()
    one.ready()
    two.ready()
    message_id = one.send_execute(code.say("seen by both"))
    assert "seen by both" in text(one.gather(message_id))
    assert "seen by both" in text(two.gather(message_id, reply=False))
    assert not [m for m in two.drain() if m.channel == "shell"]
