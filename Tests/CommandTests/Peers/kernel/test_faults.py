"""Bad input: each fault is dropped or answered with an error, and the next good request is answered."""

import json
import os
import random
import socket
import time

import pytest
import zmq
from client import DELIMITER
from fixtures import client, code, kernel  # noqa: F401


@pytest.fixture(autouse=True)
def survives(kernel, client, code):
    """After each fault: the process lives, and a good cell is answered quickly and runs."""
    yield
    start = time.monotonic()
    reply, _ = client.execute(code.value[0])
    assert reply.content["status"] == "ok"
    assert time.monotonic() - start < 1
    assert kernel.alive()


def quiet(client, code, frames, channel="shell"):
    """Sends frames that must lead to nothing at all."""
    client.sockets[channel].send_multipart(frames)
    time.sleep(0.05)
    assert client.drain(0.05) == []


def bad_signatures(good):
    return {
        "empty": b"",
        "wrong": b"0" * 64,
        "truncated": good[:-1],
        "half": good[:32],
        "appended": good + b"0",
        "twice": good + good,
        "upper": good.upper() if good.upper() != good else b"F" * 64,
        "binary": bytes(range(64)),
        "one digit off": good[:-1] + (b"1" if good[-1:] != b"1" else b"2"),
        "huge": good * 1000,
    }


@pytest.mark.parametrize("name", bad_signatures(b"a" * 64))
def test_a_bad_signature_is_dropped(client, code, name):
    frames = client.frames("execute_request", {"code": code.say("must not run")})
    frames[1] = bad_signatures(frames[1])[name]
    quiet(client, code, frames)


def test_a_signature_of_other_content_is_dropped(client, code):
    frames = client.frames("execute_request", {"code": code.say("a")})
    frames[5] = json.dumps({"code": code.say("b")}).encode()
    quiet(client, code, frames)


@pytest.mark.parametrize("count", range(7))
def test_few_frames_are_dropped(client, code, count):
    whole = client.frames("kernel_info_request", {})
    for frames in ([b"x"] * count, whole[: min(count, 5)]):
        if frames:
            quiet(client, code, frames)


def test_no_delimiter_is_dropped(client, code):
    frames = client.frames("kernel_info_request", {})
    quiet(client, code, frames[1:])
    quiet(client, code, [b"<IDS|MSG> ", *frames[1:]])


def test_a_thousand_frames(client, code):
    quiet(client, code, [b"x"] * 1000)
    quiet(client, code, [b"x"] * 1000 + client.frames("kernel_info_request", {}))
    quiet(client, code, [b""] * 20_000)
    # After the content they are buffers, which are nobody's fault.
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart(frames + [b"buffer"] * 1000)
    client.gather(header["msg_id"])


def test_extra_identities_come_back(client):
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart([b"proxy", b"", *frames])
    reply = next(m for m in client.gather(header["msg_id"]) if m.channel == "shell")
    assert reply.prefix == [b"proxy", b""]


def test_a_replayed_message_runs_once(client, code):
    count = client.execute(code.trivial)[0].content["execution_count"]
    header = client.header("execute_request")
    frames = client.frames("execute_request", {"code": code.trivial}, header=header)
    client.sockets["shell"].send_multipart(frames)
    client.gather(header["msg_id"])
    quiet(client, code, frames)
    assert client.execute(code.trivial)[0].content["execution_count"] == count + 2


def test_a_forgery_does_not_spoil_the_true_message(client, code):
    header = client.header("execute_request")
    frames = client.frames("execute_request", {"code": code.trivial}, header=header)
    for _ in range(3):
        quiet(client, code, [*frames[:5], b"{}"])
    client.sockets["shell"].send_multipart(frames)
    client.gather(header["msg_id"])


BAD_JSON = {
    "empty": b"",
    "text": b"no json",
    "truncated": b'{"code": "1"',
    "trailing": b'{"code": "1"} x',
    "array": b"[]",
    "number": b"1",
    "null": b"null",
    "string": b'"{}"',
    "bad utf-8": b'{"code": "\xff\xfe"}',
    "overlong utf-8": b'{"code": "\xc0\x80"}',
    "nul": b'{"code": "\x00"}',
    "bom": b'\xef\xbb\xbf{"code": "1"}',
    "deep arrays": b'{"code": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unclosed": b"[" * 100_000,
    "huge number": b'{"code": ' + b"9" * 100_000 + b"}",
    "nan": b'{"code": NaN}',
}


# An object after all, of which nothing is read where it stands for another part.
NO_OBJECT = [name for name in BAD_JSON if name != "huge number"]


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_as_content_is_an_error_reply(client, name):
    header = client.header("execute_request")
    client.send_parts([json.dumps(header).encode(), b"{}", b"{}", BAD_JSON[name]])
    messages = client.gather(header["msg_id"])
    reply = next(m for m in messages if m.channel == "shell")
    assert reply.type == "execute_reply"
    assert reply.content["status"] == "error"
    assert isinstance(reply.content["execution_count"], int)
    states = [m.content["execution_state"] for m in messages if m.type == "status"]
    assert states == ["busy", "idle"]


@pytest.mark.parametrize("part", ["parent", "metadata"])
@pytest.mark.parametrize("name", NO_OBJECT)
def test_bad_json_in_other_parts_is_an_error_reply(client, code, part, name):
    header = client.header("execute_request")
    content = json.dumps({"code": code.say("must not run")}).encode()
    parts = [json.dumps(header).encode(), b"{}", b"{}", content]
    parts[{"parent": 1, "metadata": 2}[part]] = BAD_JSON[name]
    client.send_parts(parts)
    messages = client.gather(header["msg_id"])
    assert next(m for m in messages if m.channel == "shell").content["status"] == "error"
    assert not [m for m in messages if m.type == "stream"]


@pytest.mark.parametrize("name", NO_OBJECT)
def test_bad_json_as_header_is_answered_to_nobody_in_particular(client, name):
    client.send_parts([BAD_JSON[name], b"{}", b"{}", b"{}"])
    reply = next(m for m in iter(client.receive, None) if m.channel == "shell")
    assert reply.content["status"] == "error"
    assert isinstance(reply.parent, dict)
    client.drain()


@pytest.mark.parametrize("field", ["msg_id", "msg_type", "session", "username", "date", "version"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "", "\ud800", "x" * 100_000, True])
def test_odd_header_fields_are_survived(client, field, value):
    header = client.header("kernel_info_request")
    header[field] = value
    client.send("kernel_info_request", {}, header=header)
    reply = next(m for m in iter(client.receive, None) if m.channel == "shell")
    assert reply.content["status"] in ("ok", "error")
    client.drain()
    del header[field]
    client.send_parts([json.dumps(header).encode(), b"{}", b"{}", b"{}"])
    reply = next(m for m in iter(client.receive, None) if m.channel == "shell")
    assert reply.content["status"] in ("ok", "error")
    client.drain()


REQUESTS = {
    "execute_request": {
        "code": "1", "silent": False, "store_history": False, "user_expressions": {},
        "allow_stdin": False, "stop_on_error": False,
    },
    "complete_request": {"code": "a", "cursor_pos": 1},
    "inspect_request": {"code": "a", "cursor_pos": 1, "detail_level": 0},
    "is_complete_request": {"code": "a"},
    "history_request": {
        "output": False, "raw": True, "hist_access_type": "range", "session": 0, "start": 0,
        "stop": 1, "n": 1, "pattern": "*", "unique": False,
    },
    "comm_info_request": {"target_name": "x"},
}
WRONG = [None, 1.5, -1, 1e300, 2**70, "\ud800x", "", [], {}, [[]], True, "x" * 10_000]


@pytest.mark.parametrize("type", REQUESTS)
def test_wrong_types_in_fields_are_answered(client, type):
    for field in REQUESTS[type]:
        for value in WRONG:
            content = {**REQUESTS[type], field: value}
            reply, iopub = client.request(type, content)
            assert reply.type == type.replace("request", "reply")
            assert "status" in reply.content
            assert [m.content["execution_state"] for m in iopub if m.type == "status"] == ["busy", "idle"]
    for field in REQUESTS[type]:
        content = {k: v for k, v in REQUESTS[type].items() if k != field}
        reply, _ = client.request(type, content)
        assert "status" in reply.content


@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_code_that_is_no_string_is_an_error(client, value):
    for type in ("execute_request", "complete_request", "inspect_request", "is_complete_request"):
        reply, _ = client.request(type, {"code": value, "cursor_pos": 0})
        assert reply.content["status"] == "error"
        reply, _ = client.request(type, {"cursor_pos": 0})
        assert reply.content["status"] == "error"
        assert "code" in reply.content["evalue"]


def test_malformed_comms_and_inputs_are_survived(client):
    for type in ("comm_open", "comm_msg", "comm_close"):
        for content in ({}, {"comm_id": 1}, {"comm_id": None, "target_name": 3}, []):
            client.send(type, content)
    for content in ({}, {"value": 1}, {"value": None}, []):
        client.send("input_reply", content, channel="stdin")
    client.send("kernel_info_request", {}, channel="stdin")
    client.drain(0.2)


def test_a_lone_surrogate_in_code(client, code):
    header = client.header("execute_request")
    content = json.dumps({"code": code.say("x") + "\ud800"}).encode()
    client.send_parts([json.dumps(header).encode(), b"{}", b"{}", content])
    messages = client.gather(header["msg_id"])
    assert any(m.type == "execute_reply" for m in messages)


def test_a_large_cell_is_answered_in_time(client, code):
    start = time.monotonic()
    reply, _ = client.execute("# " + "x" * (8 << 20), timeout=30, store_history=False)
    assert reply.content["status"] in ("ok", "error")
    assert time.monotonic() - start < 10


def test_http_on_every_channel(kernel, client):
    for channel in kernel.ports:
        for text in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * 5000):
            with connect_raw(kernel, channel) as s:
                s.settimeout(0.05)
                try:
                    s.sendall(text)
                    while s.recv(4096):
                        pass
                except OSError:
                    pass


def connect_raw(kernel, channel):
    if kernel.transport == "tcp":
        return socket.create_connection(("127.0.0.1", kernel.ports[channel]))
    s = socket.socket(socket.AF_UNIX)
    s.connect(f"{kernel.ip}-{kernel.ports[channel]}")
    return s


GREETING = b"\xff" + b"\0" * 7 + b"\1\x7f\3\0NULL" + b"\0" * 16 + b"\0" + b"\0" * 31


def test_random_bytes_on_every_channel(kernel, client):
    chance = random.Random(7)
    for channel in kernel.ports:
        for start in (b"", GREETING):
            for _ in range(10):
                with connect_raw(kernel, channel) as s:
                    try:
                        s.sendall(start + chance.randbytes(chance.randrange(1, 3000)))
                    except OSError:
                        pass


def test_a_frame_that_claims_to_be_huge(kernel, client):
    ready = b"\4\x19\5READY\x0bSocket-Type\0\0\0\6DEALER"[:27]
    for channel in kernel.ports:
        for size in (2**31, 2**40, 2**63 - 1, 2**64 - 1):
            with connect_raw(kernel, channel) as s:
                try:
                    s.sendall(GREETING + ready + b"\2" + size.to_bytes(8, "big") + b"x" * 100)
                    time.sleep(0.01)
                except OSError:
                    pass


def test_many_connections_come_and_go(kernel, client):
    held = [connect_raw(kernel, channel) for channel in kernel.ports for _ in range(40)]
    time.sleep(0.1)
    for s in held:
        s.close()


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


def test_delimiter_in_odd_places(client, code):
    quiet(client, code, [DELIMITER] * 3)
    quiet(client, code, [DELIMITER] * 10)
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart([*frames, DELIMITER, DELIMITER])
    client.gather(header["msg_id"])
