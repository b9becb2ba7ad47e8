"""The console on all kinds of terminals: characters, colours, widths, what cells show."""

import os
import re
import signal
from unicodedata import normalize

import pytest
from consoles import console, leave, run  # noqa: F401


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


def test_bytes_that_are_not_utf_8_leave_what_follows_alone(console):
    screen = console()
    screen.send_bytes(b'print("a\xe9b")\r')
    screen.wait_for('>>> print("a\ufffdb")', "a\ufffdb", ">>>")
    screen.send_bytes(b'x = "\xff\xfe"\r')
    screen.wait_for('>>> x = "\ufffd\ufffd"', ">>>")
    screen.send_bytes(b"len(x)\r")
    screen.wait_for(">>> len(x)", "2", ">>>")
    screen.send_bytes(b"'\xe4\xb8' + '\xc3\xa9'\r")
    screen.wait_for(">>> '\ufffd' + 'é'", "'\ufffdé'", ">>>")
    screen.send_bytes(b"7 + 1\xe9\x7f\r")
    screen.wait_for(">>> 7 + 1", "8", ">>>")


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


def test_a_macro_may_go_anywhere_in_a_block(console, tmp_path):
    (tmp_path / ".editrc").write_text('bind -s "^X" "^B^B^H"\nbind -s "^G" "^B^D^A^E^P^N"\n')
    screen = console()
    screen.send("[12,\r\x01\x18")
    screen.wait_for_text(">>> [12\n...")
    screen.send("\x1b[B\x07")
    screen.wait_for(">>> [12")
    screen.send("]\r")
    screen.wait_for(">>> [12]", "[12]", ">>>")


def test_what_comes_with_an_escape_is_no_part_of_a_character_in_vi(console, tmp_path):
    (tmp_path / ".editrc").write_text("bind -v\n")
    screen = console()
    screen.send("'x'\x1bé")
    screen.wait_for_text("é")
    screen.send_bytes(b"\x1b\x80")
    screen.wait_for_text("\ufffd")
    # An arrow of which the escape came twice.
    screen.send("\x03")
    screen.wait_for(">>>")
    run(screen, "'abc'")
    screen.send("\x1b\x1b[A")
    screen.wait_for(">>> 'abc'")


def test_settings_without_editing_leave_plain_lines(console, tmp_path):
    (tmp_path / ".editrc").write_text("edit off\n")
    screen = console()
    assert "nabla: lines cannot be edited: the settings of libedit say `edit off`" in screen.text
    screen.send("6 * 7\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")
    leave(screen)


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


def test_the_keys_of_vi_put_back_and_undo_what_they_deleted(console, tmp_path):
    (tmp_path / ".editrc").write_text("bind -v\n")
    screen = console()
    screen.paste("(100,\n200)")
    screen.wait_for(">>> (100,", "... 200)")
    screen.send("\x1b[A\x1b")
    screen.wait(lambda: screen.cursor == (7, len(screen.lines) - 2), "the line above")
    screen.send("hxx")
    screen.wait_for_text(">>> (1,\n")
    screen.send("u")
    screen.wait_for_text(">>> (10,\n")
    # What is typed so has a way of its own into the line.
    screen.send("ié\x1b")
    screen.wait_for_text(">>> (1é0,\n")
    screen.wait(lambda: screen.cursor == (6, len(screen.lines) - 2), "the command mode")
    screen.send("p")
    screen.wait_for_text(">>> (1é00,\n... 200)")


@pytest.mark.parametrize("keys", ["\x1bx", "\x1bX"])
def test_the_command_line_of_libedit_is_no_trap(console, keys):
    screen = console()
    screen.send("6 * 7" + keys)
    screen.wait(lambda: b"\x07" in screen.bytes, "the bell")
    screen.send("\r")
    screen.wait_for(">>> 6 * 7", "42", ">>>")


def test_the_command_line_of_vi_is_no_trap(console, tmp_path):
    (tmp_path / ".editrc").write_text("bind -v\n")
    screen = console()
    run(screen, "alpha = 1")
    screen.send("6 * 8\x1b")
    screen.wait(lambda: screen.cursor[0] == 8, "the command mode")
    screen.send(":")
    screen.wait(lambda: b"\x07" in screen.bytes, "the bell")
    screen.send("r7")
    screen.wait_for(">>> 6 * 7")
    screen.send("/alp")
    screen.wait_for("(reverse-i-search)`alp': alpha = 1")


def test_a_command_that_reads_for_itself_gives_up(console, tmp_path):
    (tmp_path / ".editrc").write_text('bind "^T" ed-command\n')
    screen = console()
    for _ in range(3):
        screen.send("half\x14")
        screen.wait_for(">>>")
    run(screen, "6 * 7")
    screen.send("half\x14")
    os.kill(screen.child, signal.SIGTERM)
    assert screen.wait_for_end() == -signal.SIGTERM
    assert screen.modes() == (True, True)


# Input and output of cells


def test_input_in_a_cell(console):
    screen = console()
    screen.send("name = input('who? ')\r")
    screen.wait_for("who?")
    assert screen.modes() == (True, True)
    screen.send("Ada\r")
    screen.wait_for("who? Ada", ">>>")
    screen.send("print('hello', name)\r")
    screen.wait_for("hello Ada", ">>>")


def test_input_that_was_typed_ahead(console):
    screen = console()
    screen.send("name = input('who? ')\rAda\rprint('hello', name)\r")
    screen.wait_for("hello Ada", ">>>")
    assert "who? Ada" in screen.lines


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
