"""`interact` and its widgets, seen by a front end that speaks ipywidgets' protocol."""

import json
import time

import ipywidgets
import pytest
from client import split
from fixtures import client, kernel  # noqa: F401
from widgets import VIEW, FrontEnd, references

DEFINE = "def f(x, n=2):\n    print('at', x)\n    return x * n\n"


@pytest.fixture
def page(client):
    page = FrontEnd(client)
    client.execute("%reset")
    return page


def displays(iopub):
    return [m.content for m in iopub if m.type == "display_data"]


# The models


def oracle(model, widget):
    """Compares a model of ours with the state that ipywidgets gives the same widget."""
    theirs = json.loads(json.dumps(widget.get_state(), default=list))
    assert set(model) == set(theirs)
    for key, value in theirs.items():
        if key in ("layout", "style", "children"):
            assert list(references(model[key])), key
        else:
            assert model[key] == value, key


WIDGETS = [
    ("x=(-5, 5)", "IntSlider", dict(value=0, min=-5, max=5, description="x")),
    ("x=(-5, 4)", "IntSlider", dict(value=0, min=-5, max=4, description="x")),
    ("x=(0, 10, 3)", "IntSlider", dict(value=5, min=0, max=10, step=3, description="x")),
    ("x=3", "IntSlider", dict(value=3, min=-3, max=9, description="x")),
    ("x=-3", "IntSlider", dict(value=-3, min=-9, max=3, description="x")),
    ("x=0", "IntSlider", dict(value=0, min=0, max=1, description="x")),
    ("x=(0.0, 10)", "FloatSlider", dict(value=5.0, min=0.0, max=10.0, step=0.1, description="x")),
    ("x=(0, 1, 0.25)", "FloatSlider", dict(value=0.5, min=0.0, max=1.0, step=0.25, description="x")),
    ("x=0.5", "FloatSlider", dict(value=0.5, min=-0.5, max=1.5, step=0.02, description="x")),
    ("x=[1, 2, 3]", "Dropdown", dict(options=["1", "2", "3"], value="1", description="x")),
    ("x={'one': 1, 'two': 2}", "Dropdown", dict(options=[("one", 1), ("two", 2)], description="x")),
    ("x=['relu', 'tanh']", "Dropdown", dict(options=["relu", "tanh"], description="x")),
    ("x=[('a', 1), ('b', 2)]", "Dropdown", dict(options=[("a", 1), ("b", 2)], description="x")),
    ("x=(1, 2, 3, 4)", "Dropdown", dict(options=["1", "2", "3", "4"], description="x")),
    ("x=True", "Checkbox", dict(value=True, description="x")),
    ("x='word'", "Text", dict(value="word", description="x")),
]


@pytest.mark.parametrize("given, name, members", WIDGETS, ids=[w[0] for w in WIDGETS])
def test_a_control_has_the_state_of_the_same_widget_of_ipywidgets(page, given, name, members):
    reply, _ = page.run(f"h = interact(lambda x: None, {given})")
    assert reply.content["status"] == "ok", reply.content
    oracle(page.models[page.control("x")], getattr(ipywidgets, name)(**members))


def test_all_else_has_the_state_that_ipywidgets_gives_it(page):
    page.run("h = interact(lambda a, b, c, d: None, a=(0, 1), b=[1], c=True, d='')")
    oracle(page.models[page.find("VBox")], ipywidgets.VBox(_dom_classes=["widget-interact"]))
    output = dict(page.models[page.find("Output")])
    oracle(output, ipywidgets.Output())
    for name, widget in [
        ("Layout", ipywidgets.Layout),
        ("SliderStyle", ipywidgets.IntSlider().style.__class__),
        ("DescriptionStyle", ipywidgets.Dropdown().style.__class__),
        ("CheckboxStyle", ipywidgets.Checkbox().style.__class__),
        ("TextStyle", ipywidgets.Text().style.__class__),
    ]:
        for id in page.all(name):
            oracle(page.models[id], widget())
    assert len(page.all("Layout")) == 6


def test_models_are_opened_as_the_widget_protocol_says(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    for target, metadata in page.metadata.values():
        assert target == "jupyter.widget"
        assert metadata["version"] == ipywidgets._version.__protocol_version__
    for type, _, data in page.log:
        if type == "comm_open":
            assert data["buffer_paths"] == []
    reply, _ = page.client.request("comm_info_request", {"target_name": "jupyter.widget"})
    assert set(reply.content["comms"]) == set(page.models)


# What is shown


def test_the_display_is_one_bundle_with_the_first_result(page):
    _, iopub = page.run(DEFINE + "interact(f, x=(0, 8), n=[1, 2, 3])")
    (shown,) = displays(iopub)
    assert shown["data"][VIEW] == {
        "model_id": page.find("VBox"),
        "version_major": 2,
        "version_minor": 0,
    }
    assert shown["data"]["text/plain"] == "at 4\n8"
    assert "at 4" in shown["data"]["text/html"] and "8" in shown["data"]["text/html"]
    # Nothing beside it: neither the text of the call nor the interaction itself.
    assert [m.type for m in iopub if not m.type.startswith("comm_")] == [
        "status",
        "execute_input",
        "display_data",
        "status",
    ]
    assert page.shown == "at 4\n8"


def test_a_move_shows_the_result_anew_in_one_message(page):
    page.run(DEFINE + "interact(f, x=(-5, 5), n=[1, 2, 3])")
    page.log.clear()
    page.move(page.control("x"), value=3)
    assert page.shown == "at 3\n6"
    page.move(page.control("n"), index=2)
    assert page.shown == "at 3\n9"
    updates = [data for _, _, data in page.log if data["method"] == "update"]
    assert len(updates) == 2
    assert all(list(update["state"]) == ["outputs"] for update in updates)
    echoes = [data["state"] for _, _, data in page.log if data["method"] == "echo_update"]
    assert echoes == [{"value": 3}, {"index": 2}]


def test_tables_pictures_and_gradients_are_shown_at_each_move(page):
    page.run(
        "def f(x):\n    y = x ** 2\n    backward(y)\n    table(x=x, y=y)\n"
        "    display(HTML('<b>%d</b>' % x))\n    return eye(2) * x\n"
        "interact(f, x=(0, 6))"
    )
    page.move(page.control("x"), value=5)
    table, html, value = page.outputs
    assert all(output["output_type"] == "display_data" for output in page.outputs)
    row = next(line for line in table["data"]["text/plain"].splitlines() if line.startswith(" x"))
    assert [cell.strip() for cell in row.split("│")][-2:] == ["5", "10"]
    assert "text/html" in table["data"]
    assert html["data"]["text/html"] == "<b>5</b>"
    assert "5" in value["data"]["text/plain"]


def test_displays_inside_are_updated_and_cleared_before_they_are_shown(page):
    page.run(
        "def f(x):\n    print('gone')\n    clear_output(wait=True)\n"
        "    h = display('first', display_id=True)\n    h.update('second')\n    print('kept')\n"
        "interact(f, x=(0, 6))"
    )
    assert page.shown == "'second'kept\n"
    page.move(page.control("x"), value=1)
    assert page.shown == "'second'kept\n"


def test_an_error_is_shown_and_the_widget_lives_on(page):
    reply, iopub = page.run("def f(x):\n    print('go')\n    return [1, 2][x]\ninteract(f, x=(0, 4))")
    assert reply.content["status"] == "ok"
    assert not [m for m in iopub if m.type == "error"]
    assert [output["output_type"] for output in page.outputs] == ["stream", "error"]
    assert page.outputs[1]["ename"] == "IndexError"
    plain = displays(iopub)[0]["data"]["text/plain"]
    assert "IndexError" in plain and "\x1b" not in plain
    messages = page.move(page.control("x"), value=1)
    assert page.shown == "go\n2"
    assert not [m for m in messages if m.type in ("error", "stream")]
    page.move(page.control("x"), value=3)
    assert page.outputs[-1]["ename"] == "IndexError"


def test_an_interaction_can_be_called_and_read_from_a_cell(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5), n=[1, 2, 3])")
    page.move(page.control("x"), value=-4)
    reply, iopub = page.run("print(h.value, h.arguments, h(1, n=5))")
    text = "".join(m.content["text"] for m in iopub if m.type == "stream")
    assert text == "at 1\n-8 {'x': -4, 'n': 2} 5\n"
    # Shown again, it is the same widget at its present state.
    _, iopub = page.run("h")
    result = next(m.content for m in iopub if m.type == "execute_result")
    assert result["data"][VIEW]["model_id"] == page.find("VBox")
    assert result["data"]["text/plain"] == "at -4\n-8"


def test_a_flood_inside_is_cut_and_the_widget_lives_on(page):
    page.run("def f(x):\n    while x == 1:\n        print('y' * 100000)\n    return x\ninteract(f, x=(0, 4))")
    page.move(page.control("x"), value=1)
    assert [output["output_type"] for output in page.outputs] == ["stream", "error"]
    assert "shows more than" in page.outputs[1]["evalue"]
    page.move(page.control("x"), value=3)
    assert page.shown == "3"


# The front end's messages


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


# The end of widgets


def test_running_the_cell_again_closes_what_it_made_before(page):
    cell = {"metadata": {"cellId": "a"}}
    for _ in range(3):
        page.run(DEFINE + "interact(f, x=(-5, 5))", **cell)
    assert len(page.all("VBox")) == 1
    page.run(DEFINE + "interact(f, x=(-5, 5))", metadata={"cellId": "b"})
    assert len(page.all("VBox")) == 2
    # A cell that makes none, or fails, has none.
    page.run("1", **cell)
    page.run("2", metadata={"cellId": "b"})
    assert not page.models


def test_what_a_variable_holds_stays(page):
    page.run(DEFINE + "keep = interact(f, x=(-5, 5))", metadata={"cellId": "a"})
    page.run("1", metadata={"cellId": "a"})
    assert len(page.all("VBox")) == 1
    page.move(page.control("x"), value=1)
    assert page.shown == "at 1\n2"
    page.run("keep = None", metadata={"cellId": "a"})
    page.run("1", metadata={"cellId": "a"})
    assert not page.models


def test_the_number_of_widgets_is_bounded(page):
    page.run(DEFINE + "for i in range(150):\n    interact(f, x=(-5, 5))")
    assert len(page.all("VBox")) == 100
    reply, _ = page.client.request("comm_info_request", {})
    assert set(reply.content["comms"]) == set(page.models)


@pytest.mark.parametrize("code", ["%reset", "h.close()"])
def test_widgets_are_closed_from_the_cell(page, code):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    page.run(code)
    assert not page.models
    reply, _ = page.client.request("comm_info_request", {})
    assert reply.content["comms"] == {}


def test_the_front_end_closes_widgets(page):
    page.run(DEFINE + "h = interact(f, x=(-5, 5))")
    slider, box = page.control("x"), page.find("VBox")
    page.client.request("comm_close", {"comm_id": slider, "data": {}}, reply=False)
    del page.models[slider]
    reply, _ = page.client.request("comm_info_request", {})
    assert set(reply.content["comms"]) == set(page.models)
    page.take(page.client.gather(page.client.send("comm_close", {"comm_id": box, "data": {}}), False))
    del page.models[box]
    assert not page.models
    assert page.run("h.value")[0].content["status"] == "ok"


def test_widgets_within_a_widget_go_with_what_showed_them(page):
    page.run(
        "def f(x):\n    interact(lambda y: x + y, y=(0, 2))\ninteract(f, x=(0, 4))",
        metadata={"cellId": "a"},
    )
    assert len(page.all("VBox")) == 2
    page.move(page.control("x"), value=3)
    page.move(page.control("x"), value=4)
    assert len(page.all("VBox")) == 2
    page.move(page.control("y"), value=2)
    texts = [page.models[id]["outputs"][0]["data"]["text/plain"] for id in page.all("Output")]
    assert "6" in texts
    page.run("1", metadata={"cellId": "a"})
    assert not page.models


def test_ten_thousand_runs_of_a_cell_leave_no_widget_behind(page, kernel):
    code = DEFINE + "interact(f, x=(-5, 5), n=[1, 2, 3])"

    def runs(count):
        for start in range(0, count, 50):
            ids = [
                page.client.send_execute(code, metadata={"cellId": "a"}, store_history=False)
                for _ in range(min(50, count - start))
            ]
            for id in ids:
                page.take(page.client.gather(id))
            page.log.clear()

    def memory():
        return int(open(f"/proc/{kernel.process.pid}/statm").read().split()[1]) * 4096

    runs(1_000)
    before = memory()
    runs(9_000 if kernel.transport == "ipc" else 1_000)
    assert len(page.all("VBox")) == 1
    assert memory() - before < 8 << 20
