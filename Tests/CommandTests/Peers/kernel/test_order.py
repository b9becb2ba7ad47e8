"""What runs when: queues, interrupts, failures, input."""

import time

import pytest
from client import split, text, types
from fixtures import client, code, kernel  # noqa: F401


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


def test_a_password_is_asked_for_as_one(client, code):
    message_id = client.send_execute(code.password("pin"), allow_stdin=True)
    question = next(m for m in iter(client.receive, None) if m.type == "input_request")
    assert question.content == {"prompt": "pin", "password": True}
    client.send("input_reply", {"value": "1234"}, channel="stdin", parent=question.header)
    assert "got 1234" in text(client.gather(message_id))


def test_input_answered_without_parent_header(client, code):
    message_id = client.send_execute(code.ask("?"), allow_stdin=True)
    next(m for m in iter(client.receive, None) if m.type == "input_request")
    client.send("input_reply", {"value": "x"}, channel="stdin")
    assert "got x" in text(client.gather(message_id))


def test_input_is_refused_without_stdin(client, code):
    reply, _ = client.execute(code.ask("?"), allow_stdin=False)
    assert reply.content["status"] == "error"


def test_input_waits_for_a_client_that_opens_its_stdin_late(kernel, code):
    late = kernel.client(connect=("shell", "iopub", "control", "hb"))
    late.ready()
    message_id = late.send_execute(code.ask("name: "), allow_stdin=True)
    time.sleep(0.3)
    late.connect("stdin")
    question = next(m for m in iter(late.receive, None) if m.type == "input_request")
    late.send("input_reply", {"value": "Ada"}, channel="stdin", parent=question.header)
    assert "got Ada" in text(late.gather(message_id))
    # The channel is open now, and nothing is asked twice.
    message_id = late.send_execute(code.ask("again: "), allow_stdin=True)
    question = next(m for m in iter(late.receive, None) if m.type == "input_request")
    assert question.content["prompt"] == "again: "
    late.send("input_reply", {"value": "Bob"}, channel="stdin", parent=question.header)
    assert "got Bob" in text(late.gather(message_id))


def test_input_fails_where_the_client_never_opens_its_stdin(kernel, code):
    deaf = kernel.client(connect=("shell", "iopub", "control", "hb"))
    deaf.ready()
    message_id = deaf.send_execute(code.ask("?"), allow_stdin=True)
    # The kernel gives the client five seconds; the bound is a guard against a hang.
    reply = next(m for m in deaf.gather(message_id, timeout=60) if m.type == "execute_reply")
    assert reply.content["status"] == "error"
    assert deaf.execute(code.trivial)[0].content["status"] == "ok"


def test_an_interrupt_ends_waiting_for_a_client_to_open_its_stdin(kernel, code):
    deaf = kernel.client(connect=("shell", "iopub", "control", "hb"))
    deaf.ready()
    message_id = deaf.send_execute(code.ask("?"), allow_stdin=True)
    time.sleep(0.1)
    deaf.request("interrupt_request", channel="control", timeout=3)
    reply = next(m for m in deaf.gather(message_id, timeout=3) if m.type == "execute_reply")
    assert reply.content["ename"] == "KeyboardInterrupt"
    # Whose stdin comes now is not asked what nobody waits for.
    deaf.connect("stdin")
    assert not [m for m in deaf.drain(0.3) if m.channel == "stdin"]


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


def burst(client, codes, pause):
    """Sends cells some seconds apart; their ids, or None where the client was held up meanwhile."""
    ids, times = [], []
    for code in codes:
        ids.append(client.send_execute(code))
        times.append(time.monotonic())
        time.sleep(pause)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    if max(gaps) < 0.04:
        return ids
    for message_id in ids:
        client.gather(message_id)
    return None


@pytest.mark.parametrize("count, pause", [(3, 0), (20, 0.01)], ids=["at once", "one by one"])
def test_stop_on_error_aborts_the_cells_behind(client, code, count, pause):
    """Front ends that run all cells send them a few milliseconds apart."""
    judged = 0
    for _ in range(200):
        ids = burst(client, [code.fail] + [code.trivial] * (count - 1), pause)
        if ids is None:
            continue
        query = client.send("kernel_info_request", {})
        client.gather(ids[0])
        for message_id in ids[1:]:
            reply, iopub = split(client.gather(message_id))
            assert reply.content["status"] == "error"
            # One busy more where the query was answered in between.
            assert set(types(iopub)) == {"status"}
        reply, _ = split(client.gather(query))
        assert reply.type == "kernel_info_reply"
        # What is sent in answer to the failure runs.
        assert client.execute(code.trivial)[0].content["status"] == "ok"
        judged += 1
        if judged == 10:
            break
    assert judged >= 5


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


def test_a_cell_that_answers_an_interrupt_may_ask_for_input(client, code):
    if not hasattr(code, "rescue"):
        pytest.skip("cells of this language cannot catch an interrupt")
    message_id = client.send_execute(code.rescue, allow_stdin=True)
    assert client.receive(10).type == "status"
    time.sleep(0.2)
    client.request("interrupt_request", channel="control")
    while (question := client.receive(10)) is not None and question.type != "input_request":
        assert question.type != "error", question.content
    client.send("input_reply", {"value": "a.npy", "status": "ok"}, "stdin", parent=question.header)
    shown = client.gather(message_id)
    assert text(shown) == "got a.npy\n"
