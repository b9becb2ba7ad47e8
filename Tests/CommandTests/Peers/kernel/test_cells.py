"""What a cell shows, and how its messages are made."""

import re
import time

import pytest
from client import split, text, types
from fixtures import client, code, kernel  # noqa: F401


def test_parent_header_is_a_copy_of_the_request(client):
    header = client.header("kernel_info_request", extra={"kept": [1, "é"]})
    client.send("kernel_info_request", {}, header=header)
    for message in client.gather(header["msg_id"]):
        assert message.parent == header


REQUESTS = [
    ("execute_request", {"code": ""}, ["shell"]),
    ("inspect_request", {"code": "a", "cursor_pos": 1}, ["shell", "control"]),
    ("complete_request", {"code": "a", "cursor_pos": 1}, ["shell", "control"]),
    ("history_request", {"hist_access_type": "tail", "n": 1}, ["shell", "control"]),
    ("is_complete_request", {"code": "a"}, ["shell", "control"]),
    ("kernel_info_request", {}, ["shell", "control"]),
    ("comm_info_request", {}, ["shell", "control"]),
    ("connect_request", {}, ["shell", "control"]),
    ("usage_request", {}, ["shell", "control"]),
    ("interrupt_request", {}, ["shell", "control"]),
    ("create_subshell_request", {}, ["control"]),
    ("list_subshell_request", {}, ["control"]),
    ("delete_subshell_request", {"subshell_id": "none"}, ["control"]),
    ("debug_request", {"command": "initialize", "seq": 1}, ["control"]),
    ("no_such_request", {}, ["shell", "control", "stdin"]),
]


@pytest.mark.parametrize("type, content, channels", REQUESTS, ids=[r[0] for r in REQUESTS])
def test_busy_and_idle_lie_around_every_request_on_every_channel(client, type, content, channels):
    for channel in ("shell", "control", "stdin"):
        for asked in (content, [], None):
            header = client.header(type)
            client.send(type, asked, channel=channel, header=header)
            messages = client.gather(header["msg_id"], reply=False)
            if not any(m.type.endswith("_reply") for m in messages):
                messages.append(client.receive())
            reply, iopub = split(messages)
            states = [m.content["execution_state"] for m in iopub if m.type == "status"]
            assert states == ["busy", "idle"]
            assert (iopub[0].type, iopub[-1].type) == ("status", "status")
            assert reply.type == type.replace("_request", "_reply")
            assert reply.channel == channel
            assert all(m.parent == header for m in messages)
            if channel not in channels:
                assert reply.content["status"] == "error"


def test_what_has_no_parent_says_so_with_an_empty_object(client):
    client.send_parts([b"no header", b"{}", b"{}", b"{}"])
    messages = [client.receive() for _ in range(3)]
    assert sorted(m.type for m in messages) == ["status", "status", "unknown_reply"]
    assert all(m.raw[1] == b"{}" for m in messages)


def test_a_debug_request_is_answered_as_a_debugger_would_refuse_it(client):
    content = {"type": "request", "seq": 3, "command": "initialize", "arguments": {}}
    reply, _ = client.request("debug_request", content, channel="control")
    assert reply.content["status"] == "error" and reply.content["ename"]
    response = {k: reply.content[k] for k in ("type", "request_seq", "success", "command", "body")}
    assert response == {
        "type": "response", "request_seq": 3, "success": False, "command": "initialize", "body": {},
    }
    assert "debugger" in reply.content["message"]


def test_dates_are_iso_8601_and_ids_are_unique(client, code):
    reply, iopub = client.execute(code.say("x"))
    seen = set()
    for message in [reply, *iopub]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", message.header["date"])
        assert message.header["msg_id"] not in seen
        assert message.header["session"] == reply.header["session"]
        seen.add(message.header["msg_id"])
    assert re.fullmatch(r"\d{4}-.*Z", reply.metadata["started"])


def test_a_value_is_an_execute_result(client, code):
    reply, iopub = client.execute(code.value[0])
    assert types(iopub) == ["status", "execute_input", "execute_result", "status"]
    assert iopub[0].content == {"execution_state": "busy"}
    assert iopub[1].content["code"] == code.value[0]
    assert iopub[2].content["data"]["text/plain"] == code.value[1]
    assert iopub[3].content == {"execution_state": "idle"}
    assert reply.content["status"] == "ok"
    count = reply.content["execution_count"]
    assert iopub[1].content["execution_count"] == iopub[2].content["execution_count"] == count


def test_silent_and_unstored_cells_do_not_count(client, code):
    count = client.execute(code.trivial)[0].content["execution_count"]
    reply, iopub = client.execute(code.say("x"), silent=True)
    assert types(iopub) == ["status", "status"]
    assert reply.content["execution_count"] == count
    reply, _ = client.execute(code.trivial, store_history=False)
    assert reply.content["execution_count"] == count
    reply, _ = client.execute(code.trivial, silent=True, store_history=True)
    assert reply.content["execution_count"] == count
    assert client.execute(code.trivial)[0].content["execution_count"] == count + 1


def test_a_silent_error_shows_only_in_the_reply(client, code):
    reply, iopub = client.execute(code.fail, silent=True)
    assert reply.content["status"] == "error"
    assert types(iopub) == ["status", "status"]


def test_an_error_is_one_message(client, code):
    reply, iopub = client.execute(code.fail)
    assert types(iopub) == ["status", "execute_input", "error", "status"]
    error = iopub[2].content
    assert reply.content["status"] == "error"
    for key in ("ename", "evalue", "traceback"):
        assert reply.content[key] == error[key]
    assert "execution_count" in reply.content
    assert all(isinstance(line, str) for line in error["traceback"])


def test_an_error_names_the_cell_and_the_line(client, code, kernel):
    reply, _ = client.execute(code.trivial + "\n" + code.fail, metadata={"cellId": "cell-77"})
    block = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(reply.content["traceback"]))
    if code.names_cells:
        assert f"Cell In[{reply.content['execution_count']}], line 2" in block
    assert block.endswith("\ncell id: cell-77")


@pytest.mark.parametrize("given", ["", "a b", "\x1b[31m", "é", "x" * 65, 7, None, ["a"]])
def test_what_is_no_cell_id_is_not_shown(client, code, given):
    reply, _ = client.execute(code.fail, metadata={"cellId": given})
    assert reply.content["status"] == "error"
    assert "cell id" not in "\n".join(reply.content["traceback"])


def test_user_expressions_fail_one_by_one(client, code):
    good, value = code.expression
    reply, _ = client.execute(code.trivial, user_expressions={"a": good, "b": code.bad_expression})
    expressions = reply.content["user_expressions"]
    assert reply.content["status"] == "ok"
    assert expressions["a"]["status"] == "ok"
    assert expressions["a"]["data"]["text/plain"] == value
    assert expressions["b"]["status"] == "error"
    assert expressions["b"]["ename"]


def test_streams_keep_the_order_of_writing(client, code):
    _, iopub = client.execute(code.alternate(200))
    numbers = []
    for message in iopub:
        if message.type == "stream":
            for number in message.content["text"].split():
                numbers.append(int(number))
                assert message.content["name"] == ("stdout" if int(number) % 2 == 0 else "stderr")
    assert numbers == list(range(200))


def test_many_lines_come_in_few_messages_before_idle(client, code):
    _, iopub = client.execute(code.lines(10_000), timeout=30)
    streams = [m for m in iopub if m.type == "stream"]
    lines = text(iopub).splitlines()
    assert [int(line.split()[-1]) for line in lines] == list(range(10_000))
    assert len(streams) <= 200
    assert not [m for m in client.drain(0.2) if m.type == "stream"]


def test_a_line_is_seen_while_the_cell_computes(client, code):
    start = time.monotonic()
    message_id = client.send_execute(code.say("early") + "\n" + code.compute(1500))
    while True:
        message = client.receive(5)
        assert message is not None
        if message.type == "stream" and message.parent_id == message_id:
            break
    assert time.monotonic() - start < 1
    client.gather(message_id)


def test_displays(client, code):
    _, iopub = client.execute(code.html[0])
    display = next(m for m in iopub if m.type == "display_data")
    assert code.html[1] in display.content["data"]["text/html"]
    assert "metadata" in display.content
    _, iopub = client.execute(code.show)
    display = next(m for m in iopub if m.type == "display_data")
    assert display.content["transient"] == {"display_id": "d1"}


def test_a_display_is_updated_by_its_id(client, code):
    _, iopub = client.execute(code.update)
    first, second = (m for m in iopub if m.type.endswith("display_data"))
    assert (first.type, second.type) == ("display_data", "update_display_data")
    assert first.content["transient"] == second.content["transient"] == {"display_id": "d2"}
    assert code.updated in second.content["data"].values()
    assert second.content["metadata"] == {}


@pytest.mark.parametrize("wait", [False, True])
def test_clear_output(client, code, wait):
    _, iopub = client.execute(code.clear_later if wait else code.clear)
    cleared = [m for m in iopub if m.type == "clear_output"]
    assert [m.content for m in cleared] == [{"wait": wait}]


def test_the_pager_is_a_payload(client, code):
    reply, _ = client.execute(code.page)
    (payload,) = reply.content["payload"]
    assert payload["source"] == "page"
    assert payload["data"]["text/plain"]


def test_unknown_types_and_channels_are_answered(client, code):
    reply, iopub = client.request("frobnicate_request", {"a": 1})
    assert reply.type == "frobnicate_reply"
    assert reply.content["status"] == "error"
    assert types(iopub) == ["status", "status"]
    reply, _ = client.request("execute_request", {"code": code.trivial}, channel="control")
    assert reply.content["status"] == "error"


def test_unknown_fields_are_tolerated(client, code):
    reply, _ = client.execute(code.trivial, future_field={"x": [1]})
    assert reply.content["status"] == "ok"


def test_the_cell_id_is_accepted(client, code):
    reply, _ = client.execute(code.trivial, metadata={"cellId": "abc", "other": 1})
    assert reply.content["status"] == "ok"
