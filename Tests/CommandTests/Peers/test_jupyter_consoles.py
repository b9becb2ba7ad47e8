"""Jupyter's own consoles: the one of the terminal as it is used, and what the one of Qt sends."""

import os
import sys

import pexpect
import pytest
from jupyter_client.manager import start_new_kernel

PROMPT = r"In \[(?:\x1b\[[0-9;]*m)*{}(?:\x1b\[[0-9;]*m)*\]: "


class Console:
    """`jupyter console` with its line editor, on a terminal."""

    def __init__(self):
        self.process = pexpect.spawn(
            sys.executable, ["-m", "jupyter", "console", "--kernel", "nabla", "--no-confirm-exit"],
            encoding="utf-8", timeout=60, dimensions=(40, 120),
            # Nobody here answers where the cursor is.
            env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        )  # fmt: skip
        self.number = 0
        self.prompt()

    def prompt(self):
        """Waits for the next prompt."""
        self.number += 1
        self.process.expect(PROMPT.format(self.number))

    def type(self, text):
        self.process.send(text)

    def shows(self, text):
        self.process.expect_exact(text)

    def cell(self, source, *shown):
        self.type(source + "\r")
        for text in shown:
            self.shows(text)
        self.prompt()


@pytest.fixture
def console():
    console = Console()
    yield console
    console.process.close(force=True)


def test_a_session_in_jupyter_console(console):
    console.cell("x = 4; y = -3; f = x * y; backward(f)", "computed as", "-12")
    # A block goes on with an indent, and ends with an empty line.
    console.type("def square(x):\r")
    console.shows("...: ")
    console.type("return x * x\r")
    console.shows("...: ")
    console.type("\r")
    console.prompt()
    console.cell("square(9)", "81")
    # The only name that begins so is completed.
    console.type("logsumex\t")
    console.shows("p")
    console.cell("([1000, 1000])", "1000.69")
    console.cell("no_such", "NameError")
    console.type("name = input('who? ')\r")
    console.shows("who? ")
    console.shows("who? ")
    console.type("Ada\r")
    console.prompt()
    console.cell("print('hello', name)", "hello Ada")
    console.type("for i in range(10**12):\r")
    console.shows("...: ")
    console.type("i == 0 and print('go' + 'ne')\r")
    console.shows("...: ")
    console.type("\r")
    console.shows("gone")
    console.process.sendintr()
    console.shows("KeyboardInterrupt")
    console.prompt()
    console.cell("square(8)", "64")


@pytest.mark.parametrize("word", ["exit", "quit()", "import sys; sys.exit()"])
def test_a_word_leaves_jupyter_console(console, word):
    console.type(word + "\r")
    console.process.expect(pexpect.EOF)
    console.process.close()
    assert console.process.exitstatus == 0


@pytest.fixture(scope="module")
def client():
    manager, client = start_new_kernel(kernel_name="nabla")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def executed(client, code, **options):
    """The content of the reply to a cell."""
    return client.execute(code, reply=True, timeout=60, **options)["content"]


def test_what_qtconsole_asks_at_its_start(client):
    assert "Nabla" in client.kernel_info(reply=True, timeout=60)["content"]["banner"]
    # It learns the number of its prompt from a silent cell.
    silent = executed(client, "", silent=True)
    assert silent["status"] == "ok"
    first = executed(client, "marker = 5")
    assert first["execution_count"] == silent["execution_count"] + 1
    executed(client, "marker = 6")
    executed(client, "marker = 6")
    tail = client.history(
        raw=True, output=False, hist_access_type="tail", n=1000, reply=True, timeout=60
    )["content"]["history"]
    assert [line[2] for line in tail[-3:]] == ["marker = 5", "marker = 6", "marker = 6"]
    # The arrow keys look for lines with a beginning, each once.
    found = client.history(
        raw=True, output=False, hist_access_type="search", pattern="marker*", unique=True, n=10,
        reply=True, timeout=60,
    )["content"]["history"]  # fmt: skip
    assert [line[2] for line in found] == ["marker = 5", "marker = 6"]


def test_what_qtconsole_asks_while_one_types(client):
    def complete(code, cursor):
        return client.complete(code, cursor, reply=True, timeout=60)["content"]

    middle = complete("x = arctan_ + logsumex * 2", 22)
    assert middle["matches"] == ["logsumexp"]
    assert (middle["cursor_start"], middle["cursor_end"]) == (14, 22)
    assert "_jupyter_types_experimental" in middle["metadata"]
    tip = client.inspect("softmax(", 8, 0, reply=True, timeout=60)["content"]
    assert tip["found"] and tip["data"]["text/plain"].startswith("softmax(x, axis=-1)")
    nothing = client.inspect("no_such(", 8, 0, reply=True, timeout=60)["content"]
    assert nothing["status"] == "ok" and not nothing["found"]
    for code, status, indent in [
        ("6 * 7", "complete", None), ("def f(x):", "incomplete", "    "), ("f(", "incomplete", ""), (")", "invalid", None),
    ]:  # fmt: skip
        asked = client.is_complete(code)
        answer = client.get_shell_msg(timeout=60)
        assert answer["parent_header"]["msg_id"] == asked
        reply = answer["content"]
        assert reply["status"] == status, code
        if indent is not None:
            assert reply["indent"] == indent


def test_what_qtconsole_takes_from_a_reply(client, tmp_path):
    reply = executed(client, "x = 3", user_expressions={"good": "x + 1", "bad": "no_such"})
    assert reply["user_expressions"]["good"]["data"]["text/plain"] == "4"
    assert reply["user_expressions"]["bad"]["status"] == "error"
    (page,) = executed(client, "sigmoid?")["payload"]
    assert page["source"] == "page" and "local gradient" in page["data"]["text/plain"]
    script = tmp_path / "a.nabla"
    script.write_text("z = 5\n")
    (loaded,) = executed(client, f"%load {script}")["payload"]
    assert loaded["source"] == "set_next_input" and loaded["text"].endswith("z = 5\n")
    for code in ("exit", "quit", "exit()", "quit()", "def leave():\n    exit()\nleave()"):
        reply = executed(client, code)
        assert reply["status"] == "ok"
        assert reply["payload"] == [{"source": "ask_exit", "keepkernel": False}]
    # With another code than 0 it is an error, as front ends know no exit codes.
    reply = executed(client, "exit(3)")
    assert (reply["status"], reply["ename"], reply["evalue"]) == ("error", "SystemExit", "3")
    assert executed(client, "x")["status"] == "ok"
