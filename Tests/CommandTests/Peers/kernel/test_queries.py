"""Requests that ask for something: they are answered at once, also while a cell computes."""

import time

import pytest
from client import types
from fixtures import client, code, kernel  # noqa: F401


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


@pytest.mark.parametrize("cursor", [-5, 10**6, 2**63 - 1, 2**63, -(2**64), None])
def test_an_odd_cursor_is_answered(client, code, cursor):
    for type in ("complete_request", "inspect_request"):
        reply, _ = client.request(type, {"code": code.complete, "cursor_pos": cursor})
        assert reply.content["status"] == "ok"


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


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_connect_gives_the_ports(client, kernel, channel):
    reply, _ = client.request("connect_request", channel=channel)
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
