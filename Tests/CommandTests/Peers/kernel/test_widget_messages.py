"""What a front end says to widgets, and what becomes of it."""

import time

import pytest
from client import split
from fixtures import client, kernel  # noqa: F401
from widgets import DEFINE, page  # noqa: F401


def test_moves_that_pile_up_are_computed_once(page):
    page.run(
        "import time\ncalls = []\n"
        "def f(x, y):\n    calls.append((x, y))\n    time.sleep(0.2)\n    return x + y\n"
        "interact(f, x=(0, 1000), y=(0, 10))"
    )
    x, y = page.control("x"), page.control("y")
    page.log.clear()
    ids = [page.post(x, value=value) for value in range(1, 101)]
    ids += [page.post(y, value=value) for value in range(1, 8)]
    for id in ids:
        page.take(page.client.gather(id, reply=False))
    assert page.shown == "107"
    updates = [data for _, id, data in page.log if data["method"] == "update"]
    assert len(updates) <= 5
    _, iopub = page.run("print(len(calls), calls[-1])")
    count, last = next(m.content["text"] for m in iopub if m.type == "stream").split(" ", 1)
    assert int(count) <= 6 and last == "(100, 7)\n"


def test_a_message_that_is_malformed_does_not_swallow_the_move_before_it(page):
    page.run("import time\ninteract(lambda x: time.sleep(0.1) or x * 2, x=(0, 100))")
    x = page.control("x")
    ids = [page.post(x, value=1), page.post(x, value=21)]
    ids.append(page.client.send("comm_msg", {"comm_id": 7, "data": {}}))
    for id in ids:
        page.take(page.client.gather(id, reply=False))
    assert page.shown == "42"


def test_moves_wait_for_the_running_cell_and_the_next_cell_for_them(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    running = page.client.send_execute("import time\ntime.sleep(0.3)\nbefore = h.arguments['x']")
    move = page.post(page.control("x"), value=5)
    after = page.client.send_execute("print(before, h.value)")
    page.take(page.client.gather(running))
    page.take(page.client.gather(move, reply=False))
    _, iopub = split(page.client.gather(after))
    assert next(m.content["text"] for m in iopub if m.type == "stream") == "0 10\n"


WRONG = [
    ({"value": 99}, {"value": 5}),
    ({"value": -99}, {"value": -5}),
    ({"value": "three"}, {"value": 0}),
    ({"value": None}, {"value": 0}),
    ({"value": 1.5}, {"value": 0}),
    ({"min": -1000, "_model_name": "X", "layout": "IPY_MODEL_none"}, None),
    ({"no_such_member": 1}, {}),
]


@pytest.mark.parametrize("sent, corrected", WRONG)
def test_what_no_widget_may_become_is_corrected(page, sent, corrected):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    id = page.control("x")
    before = dict(page.models[id])
    page.log.clear()
    page.move(id, **sent)
    told = {}
    for _, comm, data in page.log:
        if comm == id:
            assert data["method"] == "update", "echoed what was not accepted"
            told.update(data["state"])
    assert told == ({key: before[key] for key in sent} if corrected is None else corrected)


def test_methods_are_answered_or_passed_over(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    id = page.control("x")
    page.log.clear()
    for data in (
        {"method": "request_state"},
        {"method": "custom", "content": {"event": "click"}},
        {"method": "no such method"},
        {"method": 7, "state": []},
        {"method": "update", "state": "none"},
        {},
        [],
        None,
    ):
        sent = page.client.send("comm_msg", {"comm_id": id, "data": data})
        page.take(page.client.gather(sent, reply=False))
    ((type, comm, data),) = page.log
    assert (type, comm, data["method"]) == ("comm_msg", id, "update")
    assert data["state"] == page.models[id]


def test_a_page_that_is_loaded_again_gets_all_states(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5), n=[1, 2])")
    page.move(page.control("x"), value=2)
    client = page.client
    opened = {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}
    client.request("comm_open", opened, reply=False, metadata={"version": "1.0.0"})
    asked = client.send("comm_msg", {"comm_id": "ctl", "data": {"method": "request_states"}})
    (answer,) = [m for m in client.gather(asked, reply=False) if m.type == "comm_msg"]
    assert answer.content["comm_id"] == "ctl"
    assert answer.content["data"]["method"] == "update_states"
    states = answer.content["data"]["states"]
    assert {id: entry["state"] for id, entry in states.items()} == page.models
    for entry in states.values():
        for key in ("model_name", "model_module", "model_module_version"):
            assert entry[key] == entry["state"]["_" + key]
    reply, _ = client.request("comm_info_request", {})
    assert reply.content["comms"]["ctl"] == {"target_name": "jupyter.widget.control"}
    client.request("comm_close", {"comm_id": "ctl", "data": {}}, reply=False)
    reply, _ = client.request("comm_info_request", {})
    assert set(reply.content["comms"]) == set(page.models)


@pytest.mark.parametrize("target", ["jupyter.widget", "jupyter.widget.version", "no such", ""])
def test_a_target_that_nobody_serves_is_closed_at_once(page, target):
    opened = {"comm_id": "other", "target_name": target, "data": {"state": {}}}
    _, iopub = page.client.request("comm_open", opened, reply=False)
    assert [m.type for m in iopub] == ["status", "comm_close", "status"]
    assert iopub[1].content["comm_id"] == "other"


def test_an_interrupt_ends_a_slow_move_and_the_widget_lives_on(page):
    page.run("def f(x):\n    while x == 1:\n        pass\n    return x\ninteract(f, x=(0, 5))")
    move = page.post(page.control("x"), value=1)
    time.sleep(0.2)
    page.client.send("interrupt_request", {}, channel="control")
    page.take(page.client.gather(move, reply=False))
    assert page.outputs[0]["ename"] == "KeyboardInterrupt"
    page.move(page.control("x"), value=4)
    assert page.shown == "4"


def test_an_interrupt_of_the_first_call_ends_the_cell(page):
    running = page.client.send_execute("def f(x):\n    while True:\n        pass\ninteract(f, x=(0, 5))")
    time.sleep(0.2)
    page.client.send("interrupt_request", {}, channel="control")
    reply, iopub = split(page.client.gather(running))
    assert reply.content["ename"] == "KeyboardInterrupt"
    assert not [m for m in iopub if m.type in ("comm_open", "display_data")]
