"""Peers that speak another protocol, too many of them, or oddly."""

import os
import random
import resource
import socket
import time

import pytest
import zmq
from faults import NEVER, survives, witness  # noqa: F401
from fixtures import client, code, kernel, wait_for  # noqa: F401


GREETING = b"\xff" + b"\0" * 7 + b"\1\x7f\3\0NULL" + b"\0" * 16 + b"\0" + b"\0" * 31


@pytest.mark.fault("HTTP on each port", "disconnected")
def test_http_on_every_channel(kernel, client):
    for channel in kernel.ports:
        for text in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * 5000):
            with kernel.connect_raw(channel) as s:
                s.settimeout(0.05)
                try:
                    s.sendall(text)
                    while s.recv(4096):
                        pass
                except OSError:
                    pass


@pytest.mark.fault("random bytes on each port, also behind a good greeting", "disconnected")
def test_random_bytes_on_every_channel(kernel, client):
    chance = random.Random(7)
    for channel in kernel.ports:
        for start in (b"", GREETING):
            for _ in range(10):
                with kernel.connect_raw(channel) as s:
                    try:
                        s.sendall(start + chance.randbytes(chance.randrange(1, 3000)))
                    except OSError:
                        pass


@pytest.mark.fault("frames that claim 2 GiB to 2^64 bytes", "disconnected")
def test_a_frame_that_claims_to_be_huge(kernel, client):
    ready = b"\4\x19\5READY\x0bSocket-Type\0\0\0\6DEALER"[:27]
    for channel in kernel.ports:
        for size in (2**31, 2**40, 2**63 - 1, 2**64 - 1):
            with kernel.connect_raw(channel) as s:
                try:
                    s.sendall(GREETING + ready + b"\2" + size.to_bytes(8, "big") + b"x" * 100)
                    time.sleep(0.01)
                except OSError:
                    pass


@pytest.mark.fault("1,000 connections at once", "accepted, and closed when they go")
def test_many_connections_come_and_go(kernel, client):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before = descriptors(kernel)
    held = [kernel.connect_raw(channel) for channel in kernel.ports for _ in range(200)]
    wait_for(lambda: descriptors(kernel) == before + 1000)
    assert client.request("kernel_info_request")[0].content["status"] == "ok"
    for s in held:
        s.close()
    wait_for(lambda: descriptors(kernel) == before)


def descriptors(kernel):
    return len(os.listdir(f"/proc/{kernel.process.pid}/fd"))


@pytest.mark.fault("20,000 messages with a wrong signature", "dropped; a dozen lines in the log")
def test_a_flood_of_bad_frames_does_not_flood_the_log(kernel, client, code):
    before = len(kernel.logged().splitlines())
    frames = client.frames("execute_request", {"code": code.say(NEVER)})
    frames[1] = b"0" * 64
    for _ in range(20_000):
        client.sockets["shell"].send_multipart(frames)
    # Behind them all.
    assert client.request("kernel_info_request")[0].content["status"] == "ok"
    wait_for(lambda: "… and " in "".join(kernel.logged().splitlines()[before:]))
    lines = kernel.logged().splitlines()[before:]
    assert len(lines) < 40
    assert NEVER not in kernel.logged()


@pytest.mark.fault("subscriptions of odd shapes on iopub, subscribers that leave at once", "welcomed, dropped, or ignored")
def test_odd_subscriptions(kernel, client):
    context = zmq.Context()
    sub = context.socket(zmq.XSUB)
    sub.linger = 0
    sub.connect(kernel.url("iopub"))
    chance = random.Random(3)
    shapes = [b"\1", b"\1" + b"t" * 100_000, b"\1\xff\xfe", b"\0never", b"\2", b"", b"\1\0\1"]
    for shape in shapes * 3:
        sub.send(shape)
    for _ in range(200):
        sub.send(chance.randbytes(chance.randrange(0, 30)))
    sub.send_multipart([b"\1a", b"b", b"c"])
    time.sleep(0.1)
    sub.close(0)
    # Subscribers that leave at once.
    for _ in range(200):
        s = context.socket(zmq.SUB)
        s.linger = 0
        s.connect(kernel.url("iopub"))
        s.subscribe(os.urandom(2))
        s.close(0)
    context.term()


@pytest.mark.fault("heartbeats of 1 to 3 frames, empty, and of 500 kB", "echoed as they came")
def test_odd_heartbeats(kernel, client):
    context = zmq.Context()
    heart = context.socket(zmq.DEALER)
    heart.linger = 0
    heart.connect(kernel.url("hb"))
    for parts in ([b""], [b"x"], [b"", b"x"], [b"a", b"b", b"c"], [b"", b"", b""], [b"x" * 500_000]):
        heart.send_multipart(parts)
        assert heart.poll(2000)
        assert heart.recv_multipart() == parts
    heart.close(0)
    context.term()
    client.sockets["hb"].send(b"still there")
    assert client.sockets["hb"].poll(2000)
    assert client.sockets["hb"].recv() == b"still there"
