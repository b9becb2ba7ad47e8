"""Displays that change, bars, questions, payloads: what cells show beside their values."""

import re
import time

import pytest
from client import split
from fixtures import client, kernel  # noqa: F401


def shown(iopub):
    return [m for m in iopub if m.type in ("display_data", "update_display_data", "clear_output")]


def test_displays_are_updated_under_their_ids(client):
    _, iopub = client.execute(
        "display(1, display_id='a')\ndisplay(2, 3, display_id='b')\nupdate_display(4, display_id='a')\n"
        "h = display(HTML('<i>5</i>'), display_id=True)\nh.update(6)\nh.display(7)\nh.display_id == 'b'"
    )
    displays = [
        (m.type.removesuffix("_data"), m.content["transient"]["display_id"], m.content["data"]["text/plain"])
        for m in shown(iopub)
    ]
    own = displays[4][1]
    assert own not in ("a", "b")
    assert displays == [
        ("display", "a", "1"),
        ("display", "b", "2"),
        ("display", "b", "3"),
        ("update_display", "a", "4"),
        ("display", own, "<HTML>"),
        ("update_display", own, "6"),
        ("display", own, "7"),
    ]
    # A later cell updates the display of an earlier one.
    _, iopub = client.execute("h.update(8)")
    assert shown(iopub)[0].content["transient"] == {"display_id": own}


def test_a_display_without_an_id_has_none(client):
    _, iopub = client.execute("display(1)")
    assert shown(iopub)[0].content["transient"] == {}


@pytest.mark.parametrize("wait", [True, False])
def test_clear_output_keeps_its_place_among_the_outputs(client, wait):
    _, iopub = client.execute(f"print('a')\nclear_output(wait={wait})\nprint('b')")
    kinds = [m.type for m in iopub[2:-1]]
    assert kinds == ["stream", "clear_output", "stream"]
    assert iopub[3].content == {"wait": wait}


@pytest.mark.parametrize("code, password", [("input('say: ')", False), ("getpass('key: ')", True)])
def test_questions_say_whether_the_answer_is_to_be_hidden(client, code, password):
    id = client.send_execute(f"print('got', {code})", allow_stdin=True)
    question = next(m for m in iter(client.receive, None) if m.type == "input_request")
    assert question.channel == "stdin"
    assert question.content == {"prompt": code.split("'")[1], "password": password}
    assert question.parent_id == id
    client.send("input_reply", {"value": "wörd"}, channel="stdin")
    _, iopub = split(client.gather(id))
    assert "".join(m.content["text"] for m in iopub if m.type == "stream") == "got wörd\n"


def test_an_answer_that_is_no_text_ends_the_cell_and_says_so(client, kernel):
    message_id = client.send_execute("input()", allow_stdin=True)
    question = next(m for m in iter(client.receive, None) if m.type == "input_request")
    client.send("input_reply", {"value": 5}, channel="stdin", parent=question.header)
    reply = next(m for m in client.gather(message_id) if m.type == "execute_reply")
    assert reply.content["ename"] == "RuntimeError"
    assert "the front end's answer was no text" in reply.content["evalue"]
    reason = "`value` of input_reply must be a string, not a number"
    assert f"warning: dropped a message on stdin: {reason}" in kernel.logged()


def test_a_silent_cell_cannot_ask_whatever_its_client_allows(client):
    reply, _ = client.execute("input()", silent=True, allow_stdin=True)
    assert reply.content["status"] == "error"
    assert "a silent cell cannot ask for input" in reply.content["evalue"]


@pytest.mark.parametrize("code", ["input()", "getpass()"])
def test_a_question_that_nobody_can_answer_is_an_error(client, code):
    reply, _ = client.execute(code, allow_stdin=False)
    assert reply.content["status"] == "error"
    assert "input" in reply.content["evalue"]


def test_user_expressions_come_in_every_representation(client):
    reply, _ = client.execute(
        "x = eye(2)", user_expressions={"m": "x * 2", "n": "x.sum()", "bad": "x @ [1, 2, 3]", "no": ")"}
    )
    values = reply.content["user_expressions"]
    assert values["m"]["status"] == "ok" and "text/html" in values["m"]["data"]
    assert values["n"]["data"] == {"text/plain": "2"}
    assert values["bad"]["status"] == "error" and values["bad"]["ename"] == "ShapeError"
    assert values["no"]["ename"] == "SyntaxError"


def test_load_puts_a_script_in_place_of_the_cell(client, kernel):
    with open(f"{kernel.dir}/part.nabla", "w") as file:
        file.write("x = 3\nprint(x)\n")
    reply, iopub = client.execute(f"%load {kernel.dir}/part")
    text = f"# %load {kernel.dir}/part\nx = 3\nprint(x)\n"
    assert reply.content["payload"] == [{"source": "set_next_input", "text": text, "replace": True}]
    assert not [m for m in iopub if m.type == "stream"]
    reply, _ = client.execute("%time?")
    (page,) = reply.content["payload"]
    assert page["source"] == "page" and "%time" in page["data"]["text/plain"]


def bars(iopub):
    return [m for m in iopub if m.type in ("display_data", "update_display_data")]


def test_a_bar_is_one_display_that_is_updated_at_most_ten_times_a_second(client):
    start = time.monotonic()
    _, iopub = client.execute(
        "import time\nfor i in progress(range(60), desc='<train>'):\n    time.sleep(0.01)"
    )
    seconds = time.monotonic() - start
    first, *rest = bars(iopub)
    assert first.type == "display_data" and all(m.type == "update_display_data" for m in rest)
    assert len({m.content["transient"]["display_id"] for m in bars(iopub)}) == 1
    assert 3 <= len(rest) <= seconds * 10 + 2
    assert first.content["data"]["text/plain"].startswith("<train>   0%")
    last = rest[-1].content["data"]
    assert re.fullmatch(r"<train> 100% ━+ 60/60, 0:0\d, \S+/s", last["text/plain"])
    assert "&lt;train&gt;" in last["text/html"] and "<train>" not in last["text/html"]
    assert 'aria-valuenow="100"' in last["text/html"]


def test_a_bar_shows_where_an_interrupt_came(client):
    id = client.send_execute("for i in progress(range(1000)):\n    while i == 3:\n        pass")
    while not (message := client.receive()).type == "display_data":
        pass
    time.sleep(0.3)
    client.send("interrupt_request", {}, channel="control")
    reply, iopub = split(client.gather(id))
    assert reply.content["ename"] == "KeyboardInterrupt"
    ends = [m.type for m in iopub if m.type in ("update_display_data", "error")]
    assert ends[-2:] == ["update_display_data", "error"]
    text = bars(iopub)[-1].content["data"]["text/plain"]
    assert "3/1000" in text and "stopped" in text


def test_a_fast_loop_sends_its_bar_twice(client):
    _, iopub = client.execute("for i in progress(range(100)): pass")
    assert [m.type for m in bars(iopub)] == ["display_data", "update_display_data"]
