"""Messages that are signed rightly and say nothing sensible: each is answered."""

import json
import time

import pytest
from client import split
from faults import NEVER, survives, witness  # noqa: F401
from fixtures import client, code, kernel  # noqa: F401


A_REPLY = "an error reply between busy and idle"

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


@pytest.mark.fault("bad JSON as content: none, truncated, trailing, no object, bad UTF-8, 100,000 deep, NaN", A_REPLY)
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


@pytest.mark.fault("the same as parent header or metadata", "an error reply between busy and idle; not run")
@pytest.mark.parametrize("part", ["parent", "metadata"])
@pytest.mark.parametrize("name", NO_OBJECT)
def test_bad_json_in_other_parts_is_an_error_reply(client, code, part, name):
    header = client.header("execute_request")
    content = json.dumps({"code": code.say(NEVER)}).encode()
    parts = [json.dumps(header).encode(), b"{}", b"{}", content]
    parts[{"parent": 1, "metadata": 2}[part]] = BAD_JSON[name]
    client.send_parts(parts)
    messages = client.gather(header["msg_id"])
    assert next(m for m in messages if m.channel == "shell").content["status"] == "error"
    assert not [m for m in messages if m.type == "stream"]


@pytest.mark.fault("the same as header", "an error reply with an empty parent header")
@pytest.mark.parametrize("name", NO_OBJECT)
def test_bad_json_as_header_is_answered_to_nobody_in_particular(client, name):
    client.send_parts([BAD_JSON[name], b"{}", b"{}", b"{}"])
    reply = next(m for m in iter(client.receive, None) if m.channel == "shell")
    assert reply.content["status"] == "error"
    assert isinstance(reply.parent, dict)
    client.drain()


@pytest.mark.fault("null, number, list, object, lone surrogate, 100,000 characters in each header field, and each missing", "answered")
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
    "kernel_info_request": {},
    "connect_request": {},
    "usage_request": {},
    "interrupt_request": {},
    "delete_subshell_request": {"subshell_id": "x"},
    "debug_request": {"command": "x", "seq": 1},
    "comm_open": {"comm_id": "x", "target_name": "x", "data": {}},
    "comm_msg": {"comm_id": "x", "data": {}},
    "comm_close": {"comm_id": "x", "data": {}},
}
ON_CONTROL = ("delete_subshell_request", "debug_request")
WRONG = [None, 1.5, -1, 1e300, 2**70, "\ud800x", "", [], {}, [[]], True, "x" * 10_000]


@pytest.mark.fault("12 odd values in each field of each request, and each missing", "answered, between busy and idle")
@pytest.mark.parametrize("type", REQUESTS)
def test_wrong_types_in_fields_are_answered(client, type):
    channel = "control" if type in ON_CONTROL else "shell"
    contents = [
        {**REQUESTS[type], field: value} for field in REQUESTS[type] for value in WRONG
    ]
    contents += [
        {k: v for k, v in REQUESTS[type].items() if k != field} for field in REQUESTS[type]
    ]
    for content in [*contents, [], None, "x"]:
        # A comm message is answered only where something is wrong with it.
        message_id = client.send(type, content, channel=channel)
        reply, iopub = split(client.gather(message_id, reply=type.endswith("_request")))
        states = [m.content["execution_state"] for m in iopub if m.type == "status"]
        assert states == ["busy", "idle"]
        if reply is not None:
            assert reply.type == type.replace("_request", "") + "_reply"
            assert "status" in reply.content
    client.drain(0.01)


@pytest.mark.fault("code that is no string or missing", "an error reply that names the field")
@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_code_that_is_no_string_is_an_error(client, value):
    for type in ("execute_request", "complete_request", "inspect_request", "is_complete_request"):
        reply, _ = client.request(type, {"code": value, "cursor_pos": 0})
        assert reply.content["status"] == "error"
        reply, _ = client.request(type, {"cursor_pos": 0})
        assert reply.content["status"] == "error"
        assert "code" in reply.content["evalue"]


@pytest.mark.fault("comm messages and input replies without their fields", "error replies; dropped")
def test_malformed_comms_and_inputs_are_survived(client):
    for type in ("comm_open", "comm_msg", "comm_close"):
        for content in ({}, {"comm_id": 1}, {"comm_id": None, "target_name": 3}, []):
            client.send(type, content)
    for content in ({}, {"value": 1}, {"value": None}, []):
        client.send("input_reply", content, channel="stdin")
    client.send("kernel_info_request", {}, channel="stdin")
    client.drain(0.2)


@pytest.mark.fault("a lone surrogate in code", "answered")
def test_a_lone_surrogate_in_code(client, code):
    header = client.header("execute_request")
    content = json.dumps({"code": code.say("x") + "\ud800"}).encode()
    client.send_parts([json.dumps(header).encode(), b"{}", b"{}", content])
    messages = client.gather(header["msg_id"])
    assert any(m.type == "execute_reply" for m in messages)


LARGE = {
    "a comment": lambda size: "# " + "x" * size,
    "lines": lambda size: "x = 1\n" * (size // 6),
    "a string": lambda size: "s = '" + "x" * size + "'",
    "brackets": lambda size: "(" * size,
    "beyond the basic plane": lambda size: "# " + "\U0001d4cd" * (size // 4),
}


@pytest.mark.fault("9, 64 and 100 MB of code, of five forms", "refused: an error reply")
@pytest.mark.parametrize(
    "form, megabytes",
    [*((form, 9) for form in LARGE), ("lines", 64), ("brackets", 64), ("a comment", 100), ("a string", 100)],
)
def test_more_code_than_anybody_writes_is_refused_at_once(client, form, megabytes):
    frames = client.frames("execute_request", {"code": LARGE[form](megabytes << 20)})
    start = time.monotonic()
    client.sockets["shell"].send_multipart(frames, copy=False)
    messages = client.gather(json.loads(frames[2])["msg_id"], timeout=60)
    # The bound is 1 s; ten times that is a guard.
    assert time.monotonic() - start < 10
    reply, iopub = split(messages)
    assert reply.content["status"] == "error"
    assert "more than" in reply.content["evalue"]
    assert [m.type for m in iopub] == ["status", "status"]


@pytest.mark.fault("2 MB of parent header, metadata or header", A_REPLY)
@pytest.mark.parametrize("part", [0, 1, 2])
def test_other_parts_that_are_too_large_are_refused(client, code, part):
    header = client.header("execute_request")
    content = json.dumps({"code": code.say(NEVER)}).encode()
    parts = [json.dumps(header).encode(), b"{}", b"{}", content]
    large = header if part == 0 else {}
    parts[part] = json.dumps({**large, "x": "x" * (2 << 20)}).encode()
    client.send_parts(parts)
    reply = next(m for m in iter(client.receive, None) if m.channel == "shell")
    assert reply.content["status"] == "error"
    client.drain(0.05)
