"""How widgets end: with their cell, their variable, or by the front end."""

import pytest
from client import split
from fixtures import client, kernel  # noqa: F401
from widgets import DEFINE, page  # noqa: F401


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
