"""The console: history over sessions, called back and searched."""

import sqlite3
from contextlib import closing

from consoles import console, leave, run  # noqa: F401


def test_lines_come_back_after_a_restart(console, tmp_path):
    screen = console()
    run(screen, "first = 1")
    screen.send("def f(x):\r")
    screen.wait_for(">>> def f(x):", "...")
    screen.send("return x\r\r")
    screen.wait_for("...     return x", "...", ">>>")
    leave(screen)
    screen = console()
    screen.send("\x1b[A")
    screen.wait_for(">>> def f(x):", "...     return x")
    screen.send("\x1b[A\x1b[A")
    screen.wait(lambda: screen.lines[-1] == ">>> first = 1", "the line before the block")
    screen.send("\x1b[B")
    screen.wait_for(">>> def f(x):", "...     return x")
    screen.send("\r")
    screen.wait_for(">>> def f(x):", "...     return x", ">>>")
    screen.send("f(3)\r")
    screen.wait_for("3", ">>>")
    leave(screen)
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        lines = database.execute("SELECT session, line, source_raw FROM history").fetchall()
    assert lines == [
        (1, 1, "first = 1"), (1, 2, "def f(x):\n    return x"),
        (2, 1, "def f(x):\n    return x"), (2, 2, "f(3)"),
    ]  # fmt: skip


def test_up_finds_lines_that_begin_with_what_was_typed(console):
    screen = console()
    for line in ["alpha = 1", "beta = 2", "alpha = 3", "gamma = 4"]:
        run(screen, line)
    screen.send("al\x1b[A")
    screen.wait_for(">>> alpha = 3")
    screen.send("\x1b[A")
    screen.wait_for(">>> alpha = 1")
    screen.send("\x1b[B\x1b[B")
    screen.wait_for(">>> al")


def test_up_goes_on_after_a_line_was_edited(console):
    screen = console()
    for line in ["alpha = 1", "beta = 2", "gamma = 3"]:
        run(screen, line)
    screen.send("\x1b[A\x1b[A")
    screen.wait_for(">>> beta = 2")
    screen.send("5")
    screen.wait_for(">>> beta = 25")
    screen.send("\x1b[A")
    screen.wait_for(">>> alpha = 1")
    screen.send("\x1b[6~")
    screen.wait_for(">>> beta = 25")
    screen.send("\x1b[5~")
    screen.wait_for(">>> alpha = 1")
    screen.send("\x01\x0bga\x1b[A")
    screen.wait_for(">>> gamma = 3")


def test_the_line_typed_last_comes_first_whichever_console_took_it(console, tmp_path):
    def is_written(line):
        try:
            with closing(sqlite3.connect(tmp_path / "history.sqlite")) as database:
                query = "SELECT count(*) FROM history WHERE source = ?"
                return database.execute(query, [line]).fetchone()[0]
        except sqlite3.OperationalError:
            return False

    first = console()
    run(first, "one = 1")
    # A console gathers lines for a moment, which nobody who types notices.
    first.wait(lambda: is_written("one = 1"), "the line in the file")
    second = console()
    run(second, "two = 2")
    leave(second)
    run(first, "three = 3")
    leave(first)
    screen = console()
    for line in ["three = 3", "two = 2", "one = 1"]:
        screen.send("\x1b[A")
        screen.wait_for(">>> " + line)


def test_incremental_search(console):
    screen = console()
    for line in ["alpha = 1", "beta = 2", "alpha = 3", "gamma = 4"]:
        run(screen, line)
    screen.send("\x12a =")
    screen.wait_for("(reverse-i-search)`a =': gamma = 4")
    screen.send("\x7f\x7f\x7flph")
    screen.wait_for("(reverse-i-search)`lph': alpha = 3")
    screen.send("\x12")
    screen.wait_for("(reverse-i-search)`lph': alpha = 1")
    screen.send("\x12")
    screen.wait_for("(failed reverse-i-search)`lph': alpha = 1")
    screen.send("\x05 + 1")
    screen.wait_for(">>> alpha = 1 + 1")
    screen.send("\r")
    screen.wait(lambda: screen.lines[-2:][1] == ">>>" and screen.lines[-2].endswith("2"), "the value")
    screen.send("draft\x12bet")
    screen.wait_for("(reverse-i-search)`bet': beta = 2")
    screen.send("\x07")
    screen.wait_for(">>> draft")
    screen.send("\x03")
    screen.wait_for(">>> draft^C", ">>>")
    screen.send("\x12bet")
    screen.wait_for("(reverse-i-search)`bet': beta = 2")
    screen.send("\r")
    screen.wait(lambda: screen.lines[-6:-4] == [">>> draft^C", ">>> beta = 2"], "the line")


def test_search_forward(console):
    screen = console()
    assert not screen.takes_flow_keys()
    for line in ["alpha = 1", "beta = 2", "alpha = 3"]:
        run(screen, line)
    screen.send("\x12alph\x12")
    screen.wait_for("(reverse-i-search)`alph': alpha = 1")
    screen.send("\x13")
    screen.wait_for("(reverse-i-search)`alph': alpha = 3")
    screen.send("\x07")
    screen.wait_for(">>>")
    screen.send("\x13bet")
    screen.wait_for("(reverse-i-search)`bet': beta = 2")
    screen.send("\x07\x04")
    assert screen.wait_for_end() == 0
    assert screen.takes_flow_keys(), "as it was before"


def test_a_history_that_cannot_be_used_is_one_line(console, tmp_path):
    screen = console("--history", str(tmp_path))
    screen.wait_for_text("nabla: history: ")
    run(screen, "x = 5")
    screen.send("\x1b[A")
    screen.wait_for(">>> x = 5")
    assert screen.text.count("nabla:") == 1
