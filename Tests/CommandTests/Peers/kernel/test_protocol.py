"""What the protocol promises to a client that behaves well."""

import re
import time

import pytest
from client import split
from fixtures import client, code, kernel  # noqa: F401


def types(messages):
    return [m.type for m in messages]


def text(messages, name="stdout"):
    return "".join(m.content["text"] for m in messages if m.type == "stream" and m.content["name"] == name)


def test_kernel_info_names_protocol_and_language(client):
    for channel in ("shell", "control"):
        reply, iopub = client.request("kernel_info_request", channel=channel)
        content = reply.content
        assert content["status"] == "ok"
        assert content["protocol_version"] == reply.header["version"]
        assert tuple(map(int, content["protocol_version"].split("."))) >= (5, 4)
        assert content["implementation"] and content["banner"]
        assert content["language_info"]["file_extension"].startswith(".")
        assert content["supported_features"] == ["kernel subshells"]
        assert types(iopub) == ["status", "status"]


def test_parent_header_is_a_copy_of_the_request(client):
    header = client.header("kernel_info_request", extra={"kept": [1, "é"]})
    client.send("kernel_info_request", {}, header=header)
    for message in client.gather(header["msg_id"]):
        assert message.parent == header


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


def test_clear_output(client, code):
    _, iopub = client.execute(code.clear)
    cleared = [m for m in iopub if m.type == "clear_output"]
    assert [m.content for m in cleared] == [{"wait": False}]


def test_the_pager_is_a_payload(client, code):
    reply, _ = client.execute(code.page)
    (payload,) = reply.content["payload"]
    assert payload["source"] == "page"
    assert payload["data"]["text/plain"]


def test_completion_has_matches_with_types(client, code):
    asked = "é𝔘 = 1\n" + code.complete
    reply, iopub = client.request("complete_request", {"code": asked, "cursor_pos": len(asked)})
    content = reply.content
    assert code.completion in content["matches"]
    assert content["cursor_end"] == len(asked)
    assert asked[content["cursor_start"] : content["cursor_end"]] == code.complete
    typed = content["metadata"]["_jupyter_types_experimental"]
    assert [item["text"] for item in typed] == content["matches"]
    assert all({"start", "end", "type"} <= set(item) for item in typed)
    assert types(iopub) == ["status", "status"]


@pytest.mark.parametrize("cursor", [-5, 10**6, 2**63 - 1, None])
def test_an_odd_cursor_is_answered(client, code, cursor):
    for type in ("complete_request", "inspect_request"):
        reply, _ = client.request(type, {"code": code.complete, "cursor_pos": cursor})
        assert reply.content["status"] in ("ok", "error")


def test_inspection_at_both_levels(client, code):
    for level in (0, 1):
        content = {"code": code.inspect, "cursor_pos": len(code.inspect), "detail_level": level}
        reply, _ = client.request("inspect_request", content)
        assert reply.content["found"] is True
        assert reply.content["data"]["text/plain"]
    reply, _ = client.request("inspect_request", {"code": "qqqq", "cursor_pos": 4})
    assert reply.content["found"] is False
    assert reply.content["data"] == {}


def test_is_complete(client, code):
    for sample, status in zip(code.is_complete, ("complete", "incomplete", "invalid")):
        reply, _ = client.request("is_complete_request", {"code": sample})
        assert reply.content["status"] == status
        assert ("indent" in reply.content) == (status == "incomplete")


def test_queries_are_answered_while_a_cell_computes(client, code):
    message_id = client.send_execute(code.loop)
    time.sleep(0.2)
    client.drain(0.05)
    queries = [
        ("complete_request", {"code": code.complete, "cursor_pos": len(code.complete)}, "shell"),
        ("inspect_request", {"code": code.inspect, "cursor_pos": 3, "detail_level": 0}, "shell"),
        ("is_complete_request", {"code": code.trivial}, "shell"),
        ("history_request", {"hist_access_type": "tail", "n": 3, "raw": True, "output": False}, "shell"),
        ("kernel_info_request", {}, "shell"),
        ("kernel_info_request", {}, "control"),
        ("comm_info_request", {}, "shell"),
        ("usage_request", {}, "control"),
    ]
    for type, content, channel in queries:
        reply, _ = client.request(type, content, channel=channel, timeout=2)
        assert reply.content["status"] in ("ok", "complete"), type
    client.kernel.interrupt()
    client.gather(message_id)


def test_the_kernel_seems_busy_again_after_what_is_done_beside_a_cell(client, code):
    """A front end takes the last status for the kernel's, whatever request it is about."""
    cell = client.send_execute(code.say("on") + "\n" + code.loop)
    while client.receive().type != "stream":
        pass
    query = client.send("complete_request", {"code": "x", "cursor_pos": 1})
    seen = []
    while len(seen) < 3:
        message = client.receive()
        if message.type == "status":
            seen.append((message.parent_id, message.content["execution_state"]))
    assert seen == [(query, "busy"), (query, "idle"), (cell, "busy")]
    client.kernel.interrupt()
    client.gather(cell)
    assert [m for m in client.drain() if m.type == "status"] == []


def test_comms(client):
    client.send("comm_open", {"comm_id": "c9", "target_name": "no.such.target", "data": {}})
    closed = next(m for m in iter(client.receive, None) if m.type == "comm_close")
    assert closed.content["comm_id"] == "c9"
    reply, _ = client.request("comm_info_request", {})
    assert "c9" not in reply.content["comms"]
    reply, _ = client.request("comm_info_request", {"target_name": "no.such.target"})
    assert reply.content == {"status": "ok", "comms": {}}
    client.send("comm_msg", {"comm_id": "gone", "data": {}})
    client.send("comm_close", {"comm_id": "gone", "data": {}})
    assert client.request("kernel_info_request")[0].content["status"] == "ok"


def test_connect_gives_the_ports(client, kernel):
    reply, _ = client.request("connect_request")
    for channel, port in kernel.ports.items():
        assert reply.content[f"{channel}_port"] == port


def test_usage(client, kernel):
    client.request("usage_request", channel="control")
    reply, _ = client.request("usage_request", channel="control")
    assert reply.content["pid"] == kernel.process.pid
    assert 1 << 20 < reply.content["kernel_memory"] < 1 << 30
    assert reply.content["kernel_cpu"] >= 0
    assert reply.content["host_virtual_memory"]["total"] > 1 << 28


def test_history(client, code):
    first = client.execute(code.value[0])[0].content["execution_count"]
    for _ in range(3):
        client.execute(code.trivial)

    def history(**kw):
        reply, _ = client.request("history_request", {"raw": True, "output": False, **kw})
        assert reply.content["status"] == "ok"
        return reply.content["history"]

    tail = history(hist_access_type="tail", n=3)
    assert [row[2] for row in tail] == [code.trivial] * 3
    assert [row[1] for row in tail] == [first + 1, first + 2, first + 3]
    session = tail[0][0]
    one = history(hist_access_type="range", session=session, start=first, stop=first + 1, output=True)
    assert one == [[session, first, [code.value[0], code.value[1]]]]
    assert len(history(hist_access_type="range", session=0, start=first, stop=first + 3)) == 3
    assert history(hist_access_type="range", session=session + 99, start=1, stop=99) == []
    start = code.trivial[:2]
    assert len(history(hist_access_type="search", pattern=start + "*", n=2)) == 2
    unique = history(hist_access_type="search", pattern=start + "*", unique=True)
    assert len({row[2] for row in unique}) == len(unique)
    assert history(hist_access_type="search", pattern="no?such*cell") == []


def test_input_goes_to_the_client_that_asked(client, kernel, code):
    other = kernel.client()
    other.ready()
    message_id = client.send_execute(code.ask("name: "), allow_stdin=True)
    question = next(m for m in iter(client.receive, None) if m.type == "input_request")
    assert question.channel == "stdin"
    assert question.content == {"prompt": "name: ", "password": False}
    assert question.parent_id == message_id
    # Another client's answer is not taken.
    other.send("input_reply", {"value": "wrong"}, channel="stdin", parent=question.header)
    time.sleep(0.05)
    client.send("input_reply", {"value": "Ada"}, channel="stdin", parent=question.header)
    assert "got Ada" in text(client.gather(message_id))
    assert not [m for m in other.drain() if m.channel == "stdin"]


def test_input_answered_without_parent_header(client, code):
    message_id = client.send_execute(code.ask("?"), allow_stdin=True)
    next(m for m in iter(client.receive, None) if m.type == "input_request")
    client.send("input_reply", {"value": "x"}, channel="stdin")
    assert "got x" in text(client.gather(message_id))


def test_input_is_refused_without_stdin(client, code):
    reply, _ = client.execute(code.ask("?"), allow_stdin=False)
    assert reply.content["status"] == "error"


def test_an_interrupt_ends_waiting_for_input(client, code):
    message_id = client.send_execute(code.ask("?"), allow_stdin=True)
    next(m for m in iter(client.receive, None) if m.type == "input_request")
    reply, _ = client.request("interrupt_request", channel="control", timeout=3)
    assert reply.content["status"] == "ok"
    messages = client.gather(message_id)
    assert next(m for m in messages if m.type == "execute_reply").content["ename"] == "KeyboardInterrupt"


@pytest.mark.parametrize("way", ["message", "signal"])
def test_an_interrupt_ends_a_loop_and_the_state_stays(client, kernel, code, way):
    message_id = client.send_execute(code.loop)
    time.sleep(0.2)
    if way == "message":
        client.send("interrupt_request", {}, channel="control")
    else:
        kernel.interrupt()
    messages = client.gather(message_id, timeout=3)
    reply = next(m for m in messages if m.type == "execute_reply")
    assert reply.content["ename"] == "KeyboardInterrupt"
    assert client.execute(code.value[0])[0].content["status"] == "ok"


def test_an_interrupt_of_an_idle_kernel_does_nothing(client, kernel, code):
    kernel.interrupt()
    client.request("interrupt_request", channel="control")
    time.sleep(0.1)
    assert client.execute(code.trivial)[0].content["status"] == "ok"


def test_stop_on_error_aborts_the_cells_behind(client, code):
    for _ in range(20):
        failed, *aborted = [client.send_execute(c) for c in (code.fail, code.trivial, code.trivial)]
        query = client.send("kernel_info_request", {})
        client.gather(failed)
        for message_id in aborted:
            reply, iopub = split(client.gather(message_id))
            assert reply.content["status"] == "error"
            # One busy more where the query was answered in between.
            assert set(types(iopub)) == {"status"}
        reply, _ = split(client.gather(query))
        assert reply.type == "kernel_info_reply"
        # What is sent in answer to the failure runs.
        assert client.execute(code.trivial)[0].content["status"] == "ok"


def test_a_cell_sent_right_after_a_failure_runs(client, code):
    for _ in range(50):
        assert client.execute(code.fail)[0].content["status"] == "error"
        assert client.execute(code.trivial)[0].content["status"] == "ok"


def test_without_stop_on_error_the_cells_behind_run(client, code):
    ids = [
        client.send_execute(code.fail, stop_on_error=False),
        client.send_execute(code.trivial),
    ]
    client.gather(ids[0])
    reply = next(m for m in client.gather(ids[1]) if m.type == "execute_reply")
    assert reply.content["status"] == "ok"


def test_queued_cells_run_in_order(client, code):
    ids = [client.send_execute(code.say(str(i))) for i in range(300)]
    replies = []
    printed = ""
    idle = 0
    while idle < 300 or len(replies) < 300:
        message = client.receive(10)
        assert message is not None
        if message.type == "execute_reply":
            replies.append(message.parent_id)
        elif message.type == "stream":
            printed += message.content["text"]
        elif message.content.get("execution_state") == "idle":
            idle += 1
    assert replies == ids
    assert printed.split() == [str(i) for i in range(300)]


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


def test_unknown_types_and_channels_are_answered(client, code):
    reply, iopub = client.request("frobnicate_request", {"a": 1})
    assert reply.type == "frobnicate_reply"
    assert reply.content["status"] == "error"
    assert types(iopub) == ["status", "status"]
    assert client.request("debug_request", {}, channel="control")[0].content["status"] == "error"
    reply, _ = client.request("execute_request", {"code": code.trivial}, channel="control")
    assert reply.content["status"] == "error"


def test_unknown_fields_are_tolerated(client, code):
    reply, _ = client.execute(code.trivial, future_field={"x": [1]})
    assert reply.content["status"] == "ok"


def test_the_cell_id_is_accepted(client, code):
    reply, _ = client.execute(code.trivial, metadata={"cellId": "abc", "other": 1})
    assert reply.content["status"] == "ok"
