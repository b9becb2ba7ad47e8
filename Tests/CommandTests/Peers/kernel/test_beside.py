"""A subshell answers while the main shell computes, on a copy of the values as they are then."""

import time

import pytest
from fixtures import launch, started, transport  # noqa: F401


def said(messages):
    return "".join(m.content["text"] for m in messages if m.type == "stream")


def test_a_subshell_sees_the_running_cell_s_values_move(launch):
    _, client, _ = started(launch)
    subshell = client.create_subshell()
    running = client.send_execute("loss = 1\nwhile True: loss = loss * 0.9999999")
    time.sleep(0.2)
    seen = []
    for _ in range(3):
        asked = client.send_execute("print(loss)", subshell=subshell)
        seen.append(float(said(client.gather(asked))))
        time.sleep(0.05)
    assert 1 > seen[0] > seen[1] > seen[2] >= 0
    client.request("interrupt_request", channel="control")
    reply = next(m for m in client.gather(running) if m.type == "execute_reply")
    assert reply.content["ename"] == "KeyboardInterrupt"


def test_a_subshell_answers_while_a_cell_waits_for_the_user(launch):
    _, client, _ = started(launch)
    subshell = client.create_subshell()
    asking = client.send_execute("x = array([1, 2])\nname = input('who? ')", allow_stdin=True)
    while (message := client.receive(10)).type != "input_request":
        pass
    question = message
    asked = client.send_execute("print(x * 2)", subshell=subshell)
    assert said(client.gather(asked)) == "[2 4]\n"
    client.send("input_reply", {"value": "Ann"}, channel="stdin", parent=question.header)
    reply = next(m for m in client.gather(asking) if m.type == "execute_reply")
    assert reply.content["status"] == "ok"
    assert said(client.execute("print(name)")[1]) == "Ann\n"


def test_what_a_subshell_assigns_beside_a_cell_is_said_to_be_lost(launch):
    _, client, _ = started(launch)
    subshell = client.create_subshell()
    running = client.send_execute("k = 1\nwhile True: pass")
    time.sleep(0.2)
    asked = client.send_execute("v = k + 1\nprint(v)", subshell=subshell)
    text = said(client.gather(asked))
    assert text.startswith("2\n")
    assert "v is not kept" in text
    client.request("interrupt_request", channel="control")
    client.gather(running)
    # With no cell running, a subshell's cell is one of the session's.
    kept = client.send_execute("v = k + 1", subshell=subshell)
    client.gather(kept)
    assert said(client.execute("print(v)")[1]) == "2\n"
