"""The console: lines and blocks, completion, and what is pasted, key by key."""

import re
import sqlite3

import pytest
from consoles import console, leave, run  # noqa: F401


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


def test_yanking_gives_back_what_was_killed_and_nothing_else(console):
    screen = console()
    screen.send("print('foo') + bar\x1b[D\x1b[D\x1b[D\x0b")
    screen.wait_for(">>> print('foo') +")
    screen.send("\x7f\x7f\x7f")
    screen.wait_for(">>> print('foo')")
    screen.send("\x01\x19")
    screen.wait_for(">>> barprint('foo')")
    screen.send("\x05 'é' one two\x17\x17\x7f\x19")
    screen.wait_for(">>> barprint('foo') 'é'one")
    screen.send("\x03")
    screen.wait_for(">>>")
    # What a line before killed is given back in a block of the next.
    screen.send("[1,\r2]\x7f\x7f\x19]\r")
    screen.wait_for_text(">>> [1,\n... one ]")
    screen.wait_for_text("NameError")


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


@pytest.mark.parametrize("start", ["x = '", "'", 'print("'])
def test_paths_in_any_string_that_begins_as_one(console, tmp_path, start):
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "first.csv").write_text("1,2\n")
    screen = console(columns=200)
    screen.send(f"{start}{tmp_path}/meas\t")
    screen.wait_for(f">>> {start}{tmp_path}/measured/")
    screen.send("\t")
    screen.wait_for(f">>> {start}{tmp_path}/measured/first.csv")
    screen.send("\x03")
    screen.wait_for(">>>")
    screen.send(f"{start}~/meas\t")
    screen.wait_for(f">>> {start}~/measured/")
    screen.send("\x03")
    screen.wait_for(">>>")
    screen.send(f"{start}meas\t\t!")
    screen.wait_for(f">>> {start}meas!")


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


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_each_kind_of_line_end_is_one_when_pasted(console, end):
    screen = console()
    screen.send(f'\x1b[200~s = """a{end}b"""\x1b[201~')
    screen.wait_for('>>> s = """a', '... b"""')
    screen.send("\r")
    screen.wait_for('... b"""', ">>>")
    screen.send("len(s)\r")
    screen.wait_for("3", ">>>")


def test_control_characters_in_a_paste_are_no_keys(console):
    screen = console()
    screen.send("\x1b[200~x = 1\x03\x04\x1a\x1c\x13\x11\x0c2\x00\x7f + \x1b[201~3;\r")
    screen.wait_for(">>> x = 12 + 3;", ">>>")
    screen.send("x\x1b[201~\r")
    screen.wait_for(">>> x", "15", ">>>")


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


def test_the_view_of_a_block_higher_than_the_terminal_follows_the_cursor(console):
    screen = console(lines=12)
    body = "\n".join(f"    y{k} = x + {k}" for k in range(30))
    screen.paste(f"def f(x):\n{body}\n    return y9 + y29")
    screen.wait_for("...     return y9 + y29")
    assert screen.lines[1] == "^^^     y20 = x + 20"
    screen.send("\x1b[A" * 20)
    end = "    y10 = x + 10"
    screen.wait(lambda: screen.lines[screen.cursor[1]].endswith(end), "the line of the cursor")
    screen.send("\x05 + 1000")
    screen.wait(lambda: screen.lines[screen.cursor[1]].endswith(f"{end} + 1000"), "what was typed")
    # From the first line there is nothing above, and from the last nothing below.
    screen.send("\x1b[A" * 11)
    screen.wait(lambda: screen.lines[screen.cursor[1]] == ">>> def f(x):", "the first line")
    screen.send("\x1b[B" * 40)
    screen.wait_for("...     return y9 + y29")
    screen.send("\x050")
    screen.wait_for("...     return y9 + y290")
    before = len(screen.bytes)
    screen.send("\r\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    # What ran is shown whole; the terminal adds a carriage return of its own to each line.
    shown = re.sub("\x1b\\[[0-9;]*m|\r", "", screen.bytes[before:].decode())
    body = body.replace("x + 10\n", "x + 10 + 1000\n").replace("\n", "\n... ")
    assert f">>> def f(x):\n... {body}\n...     return y9 + y290\n" in shown
    screen.send("f(0)\r")
    screen.wait_for_text("NameError: y290 is not defined\n  --> Cell In[1], line 32, in f")


@pytest.mark.parametrize("columns", [130, 60])
def test_arrows_reach_lines_that_a_long_one_hides(console, columns):
    screen = console(columns=columns, lines=6)
    long = "+".join(["1"] * 200)
    screen.paste(f"a = 10;\nb = 20;\nx = {long};\nc = 3;")
    screen.wait(lambda: screen.lines[-1].endswith(" c = 3;"), "the last line")
    for line, place in [(f"x = {long};", 6), ("b = 20;", 6), ("a = 10;", 6)]:
        screen.send("\x1b[A\x05\x1b[D0")
        shown = line[:-1] + "0;"
        screen.wait(lambda: shown[-30:] in "".join(screen.lines), shown[-30:])
    screen.send("\x1b[B\x1b[B\x1b[B\x05\x1b[D0")
    screen.wait_for_text(" c = 30;")
    screen.send("\r")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    screen.send("(a, b, c, x)\r")
    screen.wait_for_text("(100, 200, 30, 209)")


def test_control_characters_never_reach_the_terminal(console):
    screen = console(lines=6)
    lines = "\r".join(f"{k}," for k in range(10))
    screen.send("[\r'\x16\x1b[31m\x16\x07\u009b32m',\r")
    screen.wait_for_text("^[[31m^G\ufffd32m")
    screen.send(f"{lines}\r")
    screen.wait_for_text("... 9,")
    drawn = len(screen.bytes)
    screen.send("\x03")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")
    end = screen.bytes[drawn:]
    assert b"'^[[31m^G\xef\xbf\xbd32m'," in end
    assert b"\x1b[31m" not in screen.bytes and b"\x07" not in end and b"\xc2\x9b" not in screen.bytes


def test_a_wider_window_shows_more_of_a_block(console):
    screen = console(lines=8)
    screen.paste("\n".join(f"v{k} = {k}" for k in range(20)) + ";")
    screen.wait_for("... v19 = 19;")
    assert ">>> v0 = 0" not in screen.lines
    screen.resize(80, 30)
    screen.wait_for_text(">>> v0 = 0\n... v1 = 1\n")
    screen.wait_for("... v19 = 19;")
    screen.send("\x03")
    screen.wait(lambda: screen.lines[-1] == ">>>", "the prompt")


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
