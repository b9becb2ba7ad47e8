"""Subshells: what they answer while the main shell computes, and how they end."""

import os
import time

import pytest
from client import split
from fixtures import client, code, kernel  # noqa: F401


@pytest.fixture
def subshell(client):
    subshell = client.create_subshell()
    yield subshell
    client.request("delete_subshell_request", {"subshell_id": subshell}, channel="control")


def listed(client):
    reply, iopub = client.request("list_subshell_request", channel="control")
    assert [m.type for m in iopub] == ["status", "status"]
    assert reply.content["status"] == "ok"
    return reply.content["subshell_id"]


def threads(kernel):
    for line in open(f"/proc/{kernel.process.pid}/status"):
        if line.startswith("Threads:"):
            return int(line.split()[1])


def test_subshells_are_created_listed_and_deleted(client):
    assert listed(client) == []
    made = [client.create_subshell() for _ in range(3)]
    assert len(set(made)) == 3
    assert listed(client) == made
    for subshell in made:
        content = {"subshell_id": subshell}
        reply, _ = client.request("delete_subshell_request", content, channel="control")
        assert reply.content == {"status": "ok"}
        reply, _ = client.request("delete_subshell_request", content, channel="control")
        assert reply.content["status"] == "error"
    assert listed(client) == []


def test_an_unknown_subshell_is_an_error(client, code):
    for type in ("execute_request", "kernel_info_request", "complete_request"):
        header = client.header(type, subshell_id="never made")
        reply, iopub = client.request(type, {"code": code.say("no")}, header=header)
        assert reply.content["status"] == "error"
        assert "never made" in reply.content["evalue"]
        assert [m.type for m in iopub] == ["status", "status"]


def test_a_cell_in_a_subshell_is_answered_with_its_own_parent(client, code, subshell):
    message_id = client.send_execute(code.value[0], subshell=subshell)
    messages = client.gather(message_id)
    reply, iopub = split(messages)
    assert [m.type for m in iopub] == ["status", "execute_input", "execute_result", "status"]
    assert all(m.parent["subshell_id"] == subshell for m in messages)
    count = reply.content["execution_count"]
    # The numbers are those of the session, so no two cells have the same.
    assert client.execute(code.trivial)[0].content["execution_count"] == count + 1


def test_queries_in_a_subshell_are_answered_while_the_main_shell_computes(client, code, subshell):
    running = client.send_execute(code.loop)
    waiting = client.send_execute(code.value[0], subshell=subshell)
    time.sleep(0.2)
    for type, content in (
        ("complete_request", {"code": code.complete, "cursor_pos": len(code.complete)}),
        ("kernel_info_request", {}),
        ("comm_info_request", {}),
    ):
        header = client.header(type, subshell_id=subshell)
        start = time.monotonic()
        reply, _ = client.request(type, content, header=header)
        assert reply.content["status"] == "ok"
        assert time.monotonic() - start < 1
    client.request("interrupt_request", channel="control")
    client.gather(running)
    client.gather(waiting)


def test_cells_of_a_subshell_do_not_wait_for_the_queue_of_the_main_shell(client, code, subshell):
    cells = [client.send_execute(code.compute(100)) for _ in range(10)]
    beside = client.send_execute(code.value[0], subshell=subshell)
    replies = []
    while len(replies) < 11:
        message = client.receive(10)
        assert message is not None
        if message.type == "execute_reply":
            replies.append(message.parent_id)
    assert replies.index(beside) < replies.index(cells[4])
    assert [r for r in replies if r != beside] == cells
    client.drain()


def test_a_failure_in_a_subshell_does_not_stop_the_main_shell(client, code, subshell):
    ids = [
        client.send_execute(code.fail, subshell=subshell),
        client.send_execute(code.value[0]),
    ]
    replies = {m.parent_id: m for i in ids for m in client.gather(i) if m.type == "execute_reply"}
    assert [replies[i].content["status"] for i in ids] == ["error", "ok"]


def test_comm_messages_in_a_subshell_are_served_between_cells(client, code, subshell):
    client.send_execute(code.compute(200))
    header = client.header("comm_open", subshell_id=subshell)
    content = {"comm_id": "s1", "target_name": "no.such.target", "data": {}}
    message_id = client.send("comm_open", content, header=header)
    messages = client.gather(message_id, reply=False)
    # Its busy is told once more when the cell before it ends.
    states = [m.content["execution_state"] for m in messages if m.type == "status"]
    assert set(states[:-1]) == {"busy"} and states[-1] == "idle"
    assert [m.type for m in messages if m.type != "status"] == ["comm_close"]
    client.drain()


def test_threads_and_descriptors_of_deleted_subshells_are_given_back(kernel, client, code):
    def descriptors():
        return len(os.listdir(f"/proc/{kernel.process.pid}/fd"))

    client.execute(code.trivial)
    before = threads(kernel), descriptors()
    for _ in range(3):
        made = [client.create_subshell() for _ in range(20)]
        # A subshell without a cell has no thread.
        assert threads(kernel) == before[0]
        for subshell in made:
            client.gather(client.send_execute(code.trivial, subshell=subshell))
        assert threads(kernel) == before[0] + 20
        for subshell in made:
            client.request("delete_subshell_request", {"subshell_id": subshell}, channel="control")
    end = time.monotonic() + 5
    while (threads(kernel), descriptors()) != before and time.monotonic() < end:
        time.sleep(0.02)
    assert (threads(kernel), descriptors()) == before


def test_the_number_of_subshells_is_bounded(client):
    made = []
    while True:
        reply, _ = client.request("create_subshell_request", channel="control")
        if reply.content["status"] != "ok":
            break
        made.append(reply.content["subshell_id"])
        assert len(made) < 1000
    assert "delete one" in reply.content["evalue"]
    assert len(made) >= 16
    for subshell in made:
        client.request("delete_subshell_request", {"subshell_id": subshell}, channel="control")
    assert listed(client) == []
