"""The console on a terminal: what its user sees, key by key."""

import os
import re
import signal
import sqlite3
from unicodedata import normalize

import pytest
from conftest import BINARY
from screens import Screen

@pytest.fixture
def console(tmp_path):
    """Starts consoles, which share a history; each waits for its prompt."""
    started = []

    def start(*arguments, columns=80, lines=24, **environment):
        environment.setdefault("NABLA_HISTORY", str(tmp_path / "history.sqlite"))
        environment.setdefault("HOME", str(tmp_path))
        screen = Screen([BINARY, "repl", *arguments], columns, lines, **environment)
        started.append(screen)
        screen.wait_for(">>>")
        return screen

    yield start
    for screen in started:
        screen.close()


def leave(screen):
    screen.send("\x04")
    assert screen.wait_for_end() == 0


def run(screen, line):
    """Runs a line, and waits for the prompt below what it shows."""
    screen.send(line + "\r")
    screen.wait(
        lambda: f">>> {line}" in screen.lines[:-1] and screen.lines[-1] == ">>>", f"the end of {line}"
    )


# Lines and blocks


def test_a_result(console):
    screen = console()
    screen.send("6 * 7\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")
    assert screen.cursor[0] == 4


def test_a_function_over_several_lines(console):
    screen = console()
    screen.send("def square(x):\r")
    screen.wait_for(">>> def square(x):", "...")
    assert screen.cursor[0] == 8, "the next line is indented"
    screen.send("y = x * x\r")
    screen.wait_for("...     y = x * x", "...")
    screen.send("return y\r")
    screen.wait_for("...     return y", "...")
    screen.send("\r")
    screen.wait_for("...", ">>>")
    screen.send("square(9)\r")
    screen.wait_for(">>> square(9)", "81", ">>>")


def test_lines_of_a_block_can_be_edited_until_it_runs(console):
    screen = console()
    screen.send("for k in [1, 2]:\r")
    screen.wait_for(">>> for k in [1, 2]:", "...")
    screen.send("print(k)\r")
    screen.wait_for("...     print(k)", "...")
    screen.send("\x1b[A\x1b[A")
    screen.wait(lambda: screen.cursor == (8, len(screen.lines) - 3), "the first line")
    screen.send("\x05\x1b[D\x1b[D, 3")
    screen.wait_for_text(">>> for k in [1, 2, 3]:")
    screen.send("\x1b[B\x1b[B\r")
    screen.wait_for("1", "2", "3", ">>>")


def test_backspace_joins_lines_and_takes_indentation_back(console):
    screen = console()
    screen.send("if True:\r")
    screen.wait_for(">>> if True:", "...")
    screen.send("\x7f")
    screen.wait(lambda: screen.cursor[0] == 4, "the start of the line")
    screen.send("\x7f")
    screen.wait_for(">>> if True:")
    screen.send(" print(5)\r")
    screen.wait_for(">>> if True: print(5)", "5", ">>>")


def test_an_arrow_passes_over_the_continuation_prompt(console):
    screen = console()
    screen.send("a = (1,\r")
    screen.wait_for(">>> a = (1,", "...")
    row = len(screen.lines) - 1
    indentation = screen.cursor[0] - 4
    screen.send("\x1b[D" * (indentation + 1))
    screen.wait(lambda: screen.cursor == (11, row - 1), "the end of the line above")
    screen.send("\x1b[C")
    screen.wait(lambda: screen.cursor == (4, row), "the start of the line below")
    screen.send("2)\r")
    screen.wait_for_text("... 2)")
    screen.send("a\r")
    screen.wait_for(">>> a", "(1, 2)", ">>>")


def test_a_line_longer_than_the_terminal(console):
    screen = console(columns=40)
    line = "x = " + " + ".join(["1"] * 20)
    screen.send(line)
    shown = (">>> " + line).replace(" ", "")
    screen.wait(lambda: shown == "".join(screen.lines[-3:]).replace(" ", ""), "the line")
    screen.send("\x01y\x05\r")
    screen.wait_for(">>>")
    screen.send("yx\r")
    screen.wait_for("20", ">>>")


# Errors and interrupts


def test_an_error_does_not_end_the_session(console):
    screen = console()
    run(screen, "x = 5")
    screen.send("x + nothing\r")
    screen.wait_for_text("NameError")
    screen.wait_for(">>>")
    screen.send("x + 1\r")
    screen.wait_for("6", ">>>")


def test_an_endless_loop_is_interrupted(console):
    screen = console()
    screen.send("while True: pass\r")
    screen.wait(lambda: screen.modes() == (True, True), "the loop")
    screen.send("\x03")
    screen.wait_for_text("KeyboardInterrupt")
    screen.wait_for(">>>")
    screen.send("1 + 1\r")
    screen.wait_for("2", ">>>")


def test_an_interrupt_drops_what_was_typed_ahead(console):
    screen = console()
    screen.send("while True: pass\rprint('never')\r")
    screen.wait(lambda: screen.modes() == (True, True), "the loop")
    screen.send("\x03")
    screen.wait_for_text("KeyboardInterrupt")
    screen.wait_for(">>>")
    screen.send("1 + 1\r")
    screen.wait_for(">>> 1 + 1", "2", ">>>")
    assert "never" not in screen.lines


def test_ctrl_c_drops_a_line_and_a_block(console):
    screen = console()
    screen.send("x = ")
    screen.wait_for(">>> x =")
    screen.send("\x03")
    screen.wait_for(">>> x = ^C", ">>>")
    screen.send("def f():\r")
    screen.wait_for(">>> def f():", "...")
    screen.send("\x1b[A\x03")
    screen.wait_for(">>> def f():", "...     ^C", ">>>")
    screen.send("7\r")
    screen.wait_for(">>> 7", "7", ">>>")


# Leaving


def test_ctrl_d_leaves_and_restores_the_terminal(console):
    screen = console()
    assert screen.modes() == (False, False)
    leave(screen)
    assert screen.modes() == (True, True)
    assert screen.bytes.count(b"\x1b[?2004h") == screen.bytes.count(b"\x1b[?2004l")


def test_ctrl_d_typed_ahead_leaves(console):
    screen = console()
    screen.send("import time; time.sleep(0.3)\r")
    screen.wait(lambda: screen.modes() == (True, True), "the cell")
    screen.send("\x04")
    assert screen.wait_for_end() == 0
    assert screen.modes() == (True, True)


def test_ctrl_d_in_a_line_deletes_a_character(console):
    screen = console()
    screen.send("12\x01\x04")
    screen.wait_for(">>> 2")
    screen.send("\x05\x04\r")
    screen.wait_for(">>> 2", "2", ">>>")


@pytest.mark.parametrize("word", ["exit", "quit", "exit()", "quit()"])
def test_words_leave(console, word):
    screen = console()
    screen.send(word + "\r")
    assert screen.wait_for_end() == 0
    assert screen.modes() == (True, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_session_restores_the_terminal(console, number):
    screen = console()
    run(screen, "x = 1")
    screen.send("half a li")
    screen.wait_for(">>> half a li")
    os.kill(screen.child, number)
    assert screen.wait_for_end() == -number
    assert screen.modes() == (True, True)
    assert screen.bytes.endswith(b"\x1b[?2004l\r\n") or b"\x1b[?2004l" in screen.bytes[-16:]


def test_stopping_and_going_on(tmp_path):
    """Ctrl-Z gives the terminal back to the shell; `fg` shows the line as it was."""
    screen = Screen(
        ["/bin/bash", "--norc", "--noprofile", "-i"], PS1="$ ", NABLA_HISTORY="off",
        HOME=str(tmp_path), HISTFILE="",
    )  # fmt: skip
    try:
        screen.wait_for("$")
        screen.send(f"{BINARY} repl\r")
        screen.wait_for(">>>")
        screen.send("12 + ")
        screen.wait_for(">>> 12 +")
        screen.send("\x1a")
        screen.wait_for_text("Stopped")
        screen.wait_for("$")
        screen.send("echo shell\r")
        screen.wait_for("shell", "$")
        screen.send("fg\r")
        screen.wait_for(">>> 12 +")
        screen.send("30\r")
        screen.wait_for(">>> 12 + 30", "42", ">>>")
        screen.send("\x04")
        screen.wait_for("$")
    finally:
        screen.close()


# Completion


def test_one_candidate_is_inserted(console):
    screen = console()
    screen.send("softm\t")
    screen.wait_for(">>> softmax")


def test_the_common_beginning_is_inserted_then_candidates_are_listed(console):
    screen = console()
    run(screen, "alpha_one = 1; alpha_two = 2")
    screen.send("3 + alp\t")
    screen.wait_for(">>> 3 + alpha_")
    screen.send("\t")
    screen.wait_for(">>> 3 + alpha_", "alpha_one  alpha_two", ">>> 3 + alpha_")
    screen.send("t\t\r")
    screen.wait_for(">>> 3 + alpha_two", "5", ">>>")


def test_candidates_are_listed_in_columns_that_fit(console):
    screen = console(columns=30)
    screen.send("s\t")
    screen.wait(lambda: screen.lines.count(">>> s") == 2, "the list")
    start = screen.lines.index(">>> s")
    listed = screen.lines[start + 1 : -1]
    names = " ".join(listed).split()
    assert {"shape", "sin", "softmax"} <= set(names)
    assert all(len(line) <= 30 for line in listed)
    columns = [[m.start() for m in re.finditer(r"\S+", line)] for line in listed if "…" not in line]
    assert len(columns[0]) > 1
    assert all(column == columns[0][: len(column)] for column in columns)


def test_attributes_and_keywords(console):
    screen = console()
    run(screen, "x = array([1., 2.])")
    screen.send("x.resh\t")
    screen.wait_for(">>> x.reshape")
    screen.send(" + wher\t")
    screen.wait_for(">>> x.reshape + where")
    screen.send("\x03")
    screen.wait_for(">>> x.reshape + where^C", ">>>")
    screen.send("whi\t")
    screen.wait_for(">>> while")


def test_paths_inside_quotes(console, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "first.csv").write_text("1,2\n")
    (folder / "fourth.csv").write_text("1,2\n")
    screen = console()
    screen.send(f"loadtxt('{tmp_path}/da\t")
    screen.wait_for_text("/data/")
    screen.send("f\t")
    screen.wait_for_text("first.csv  fourth.csv")
    screen.send("i\t")
    screen.wait(lambda: "/data/first.csv" in "".join(screen.lines), "the file")


def test_tab_indents_where_nothing_stands_before(console):
    screen = console()
    screen.send("\t")
    screen.wait(lambda: screen.cursor[0] == 8, "four spaces")
    screen.send(" \t")
    screen.wait(lambda: screen.cursor[0] == 12, "the next multiple of four")


def test_completion_in_a_block_keeps_its_other_lines(console):
    screen = console()
    screen.send("for k in [1]:\r")
    screen.wait_for(">>> for k in [1]:", "...")
    screen.send("so\t")
    screen.wait_for("...     so", "softmax  softplus  solve  sort  sorted", ">>> for k in [1]:",
                    "...     so")  # fmt: skip


# History


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


def test_a_history_that_cannot_be_used_is_one_line(console, tmp_path):
    screen = console("--history", str(tmp_path))
    screen.wait_for_text("nabla: history: ")
    run(screen, "x = 5")
    screen.send("\x1b[A")
    screen.wait_for(">>> x = 5")
    assert screen.text.count("nabla:") == 1


# Pasting


PASTED = """def power(x, n):
    result = 1
    for k in range(n):
        if k >= 0:
            result = result * x
    return result
"""


def test_pasted_lines_are_one_input_with_their_own_indentation(console, tmp_path):
    screen = console()
    screen.paste(PASTED)
    lines = PASTED.splitlines()
    screen.wait_for(">>> " + lines[0], *("... " + line for line in lines[1:]))
    screen.send("\r")
    screen.wait_for("...     return result", ">>>")
    screen.send("power(2, 10)\r")
    screen.wait_for("1024", ">>>")
    leave(screen)
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        lines = database.execute("SELECT source_raw FROM history").fetchall()
    assert lines == [(PASTED.rstrip("\n"),), ("power(2, 10)",)]


def test_several_pasted_statements_run_as_one_cell(console):
    screen = console()
    screen.paste("a = 2\nb = 3\nprint(a * b);\n")
    screen.wait_for(">>> a = 2", "... b = 3", "... print(a * b);")
    screen.send("\r")
    screen.wait_for("6", ">>>")


def test_a_paste_of_more_lines_than_the_terminal_has(console):
    screen = console(lines=10)
    screen.paste("\n".join(f"v{k} = {k}" for k in range(200)))
    screen.wait_for("... v198 = 198", "... v199 = 199")
    screen.send("\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    screen.send("v0 + v199\r")
    screen.wait_for("199", ">>>")


def test_a_block_higher_than_the_terminal_can_be_edited(console):
    screen = console(lines=8)
    screen.paste("\n".join(f"v{k} = {k}" for k in range(30)) + ";")
    screen.wait_for("... v28 = 28", "... v29 = 29;")
    screen.send("\x1b[A" * 29 + "\x05" + ".5" + "\x1b[B" * 29 + "\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    screen.send("v0, v1, v29\r")
    screen.wait_for("(0.5, 1, 29)", ">>>")


def test_a_large_paste(console):
    screen = console()
    lines = [f"value_{k} = {k} + 1" for k in range(20_000)]
    screen.paste("\n".join(lines) + ";")
    screen.wait_for("... " + lines[-1] + ";")
    screen.send("\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    screen.send("value_19999\r")
    screen.wait_for("20000", ">>>")


def test_lines_that_are_sent_without_telling_of_a_paste_keep_their_indentation(console):
    screen = console()
    screen.send("def f(x):\n    y = x\n    return y\n\nf(8)\n")
    screen.wait_for(">>> f(8)", "8", ">>>")


# Characters


def test_wide_and_combining_characters_are_edited_as_one(console):
    screen = console()
    screen.send("'中文 e\u0301x 😀'")
    screen.wait_for_text("😀'")
    # Quote, two wide characters, a space, e with its accent, x, a space, a wide one, a quote.
    assert screen.cursor[0] == 4 + 1 + 4 + 1 + 1 + 1 + 1 + 2 + 1
    screen.send("\x1b[D" * 4)
    screen.wait(lambda: screen.cursor[0] == 11, "the place of the x")
    screen.send("\x7f")
    screen.wait_for(">>> '中文 x 😀'")
    assert screen.cursor[0] == 10
    screen.send("\x7f\x7fe\u0301\u0323")
    shown = normalize("NFC", "'中e\u0301\u0323x 😀'")
    screen.wait_for(">>> " + shown)
    assert screen.cursor[0] == 8
    screen.send("\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    assert screen.lines[-2] == shown


def test_names_in_other_scripts(console):
    screen = console()
    run(screen, "größe = 3")
    screen.send("grö\t + 1\r")
    screen.wait_for(">>> größe + 1", "4", ">>>")


# Terminals


def test_no_color(console):
    screen = console(NO_COLOR="1")
    screen.send("x = 3; y = x * x; backward(y)\r")
    screen.wait_for_text("x * x")
    screen.wait_for(">>>")
    screen.send("nothing\r")
    screen.wait_for_text("NameError")
    screen.wait_for(">>>")
    assert not re.search(rb"\x1b\[[0-9;]*m", screen.bytes)


def test_colors_without_no_color(console):
    screen = console(NO_COLOR="")
    assert re.search(rb"\x1b\[32m", screen.bytes)


@pytest.mark.parametrize("terminal", ["dumb", None, ""])
def test_a_dumb_terminal_gets_plain_lines(console, terminal):
    screen = console(TERM=terminal)
    screen.send("def f(x):\r")
    screen.wait_for(">>> def f(x):", "...")
    screen.send("    return x + 1\r")
    screen.wait_for("...     return x + 1", "...")
    screen.send("\r")
    screen.wait_for("...", ">>>")
    screen.send("f(41)\r")
    screen.wait_for("42", ">>>")
    screen.send("nothing\r")
    screen.wait_for_text("NameError")
    screen.wait_for(">>>")
    screen.send("half")
    screen.wait_for(">>> half")
    screen.send("\x03")
    screen.wait_for(">>> half^C", ">>>")
    screen.send("8\r")
    screen.wait_for("8", ">>>")
    leave(screen)
    assert b"\x1b" not in screen.bytes


def test_a_terminal_that_nobody_knows_gets_plain_lines(console):
    screen = console(TERM="no-such-terminal")
    assert "nabla: lines cannot be edited" in screen.text
    screen.send("6 * 7\r")
    screen.wait_for("42", ">>>")


def test_the_width_is_followed(console):
    screen = console()
    screen.send("x = 1234567")
    screen.wait_for(">>> x = 1234567")
    screen.resize(30, 24)
    screen.send("89 + " + "1" * 20)
    screen.wait(lambda: screen.lines[-1] == "1" * 10, "the wrapped line")
    assert screen.lines[-2] == ">>> x = 123456789 + " + "1" * 10
    screen.send("\x01\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")


def test_a_block_is_drawn_anew_when_the_window_changes(console):
    screen = console()
    screen.paste("def f(x):\n    y = x * x\n    return y")
    screen.wait_for(">>> def f(x):", "...     y = x * x", "...     return y")
    screen.send("\x1b[A")
    screen.wait(lambda: screen.cursor[1] == len(screen.lines) - 2, "the second line")
    column = screen.cursor[0]
    drawn = len(screen.bytes)
    screen.resize(60, 20)
    screen.wait(lambda: b"return y" in screen.bytes[drawn:], "the block")
    screen.wait(lambda: screen.cursor == (column, len(screen.lines) - 2), "the cursor")
    assert screen.lines[-3:] == [">>> def f(x):", "...     y = x * x", "...     return y"]
    assert screen.text.count("def f") == 1


def test_the_user_s_settings_are_read(console, tmp_path):
    (tmp_path / ".editrc").write_text('bind -s "^X" "6 * 7"\nother:bind -s "^Y" "no"\n')
    screen = console()
    screen.send("\x18\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")


def test_the_keys_of_vi(console, tmp_path):
    (tmp_path / ".editrc").write_text("bind -v\n")
    screen = console()
    screen.send("6 * 8\x1b")
    screen.wait(lambda: screen.cursor[0] == 8, "the command mode")
    screen.send("r7\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")


def test_a_table_fits_a_narrow_terminal(console):
    screen = console(columns=44)
    screen.send("some_long_name = 2; another_name = some_long_name * 3 + some_long_name ** 2; ")
    screen.send("backward(another_name)\r")
    screen.wait(lambda: screen.lines[-1] == ">>>" and "│" in screen.text, "the table")
    table = [line for line in screen.lines if "│" in line or "┼" in line]
    assert len(table) == 4, "a header, a rule and two rows, none of them wrapped"
    places = [[k for k, sign in enumerate(line) if sign in "│┼"] for line in table]
    assert all(row == places[0] for row in places)
    assert max(map(len, table)) <= 44


def test_columns_of_a_table_align_behind_wide_names(console):
    screen = console()
    screen.send("数据 = 2; e\u0301te = 3; x = 数据 * e\u0301te\r")
    screen.wait(lambda: screen.lines[-1] == ">>>" and "│" in screen.text, "the table")
    rows = [row for row, line in enumerate(screen.display.display) if "│" in line]
    cells = [
        [column for column in range(80) if screen.display.buffer[row][column].data == "│"]
        for row in rows
    ]
    assert len(rows) == 4
    assert all(places == cells[0] for places in cells)


def test_without_libedit_lines_are_plain(console, tmp_path):
    folder = tmp_path / "libraries"
    folder.mkdir()
    for name in ["libedit.so.2", "libedit.so.0", "libedit.so"]:
        (folder / name).write_bytes(b"")
    screen = console(LD_LIBRARY_PATH=str(folder))
    assert screen.text.count("nabla: lines cannot be edited: libedit cannot be opened") == 1
    screen.send("6 * 7\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")
    leave(screen)


def test_arrows_and_pastes_with_the_keys_of_vi(console, tmp_path):
    (tmp_path / ".editrc").write_text("bind -v\n")
    screen = console()
    screen.paste("a = 3\nb = 4;")
    screen.wait_for(">>> a = 3", "... b = 4;")
    screen.send("\r")
    screen.wait_for(">>>")
    screen.send("a * b\r")
    screen.wait_for("12", ">>>")
    screen.send("\x1b[A\x1b[A")
    screen.wait_for(">>> a = 3", "... b = 4;")


# Input and output of cells


def test_input_in_a_cell(console):
    screen = console()
    screen.send("name = input('who? ')\r")
    screen.wait_for("who?")
    screen.send("Ada\r")
    screen.wait_for("who? Ada", ">>>")
    screen.send("print('hello', name)\r")
    screen.wait_for("hello Ada", ">>>")


def test_input_that_was_typed_ahead(console):
    screen = console()
    screen.send("name = input('who? ')\rAda\rprint('hello', name)\r")
    screen.wait_for("hello Ada", ">>>")


def test_a_password_does_not_show(console):
    screen = console()
    screen.send("secret = getpass('key? ')\r")
    screen.wait_for("key?")
    screen.wait(lambda: screen.modes() == (False, True), "no echo")
    screen.send("swordfish\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    assert "swordfish" not in screen.text
    screen.send("len(secret)\r")
    screen.wait_for("9", ">>>")


def test_ctrl_c_while_a_cell_asks(console):
    screen = console()
    screen.send("name = input('who? ')\r")
    screen.wait_for("who?")
    screen.send("\x03")
    screen.wait_for_text("KeyboardInterrupt")
    screen.wait_for(">>>")
    screen.send("5 + 6\r")
    screen.wait_for(">>> 5 + 6", "11", ">>>")


def test_a_bar_and_lines_above_it(console):
    screen = console()
    screen.send("for k in progress(range(3)): print('step', k)\r")
    screen.wait(lambda: screen.lines[-1] == ">>>" and "step 2" in screen.lines, "the end")
    steps = [screen.lines.index(f"step {k}") for k in range(3)]
    assert steps == list(range(steps[0], steps[0] + 3))
    assert "3/3" in screen.lines[steps[2] + 1]
    assert len(screen.lines) == steps[2] + 3


def test_help_for_a_name(console):
    screen = console()
    screen.send("relu?\r")
    screen.wait_for_text("maximum(0, x)")
    screen.wait_for(">>>")
