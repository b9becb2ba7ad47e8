"""`interact` and its widgets, seen by a front end that speaks ipywidgets' protocol."""

import json

import ipywidgets
import pytest
from client import split
from fixtures import client, kernel  # noqa: F401
from widgets import DEFINE, VIEW, page, references  # noqa: F401


def displays(iopub):
    return [m.content for m in iopub if m.type == "display_data"]


# The models


def oracle(model, widget):
    """Compares a model of ours with the state that ipywidgets gives the same widget."""
    theirs = json.loads(json.dumps(widget.get_state(), default=list))
    # The grey text of an empty box: the model of the front end has the same default.
    theirs.pop("placeholder", None)
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
