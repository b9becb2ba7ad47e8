"""The console: errors, interrupts, signals, and its end."""

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from conftest import BINARY
from consoles import console, leave, run  # noqa: F401
from screens import Screen


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
    screen.wait(lambda: screen.modes() == (False, True), "the loop")
    screen.send("\x03")
    screen.wait_for_text("KeyboardInterrupt")
    screen.wait_for(">>>")
    screen.send("1 + 1\r")
    screen.wait_for("2", ">>>")


def test_an_interrupt_drops_what_was_typed_ahead(console):
    screen = console()
    screen.send("while True: pass\rprint('never')\r")
    screen.wait(lambda: screen.modes() == (False, True), "the loop")
    screen.send("\x03")
    screen.wait_for_text("KeyboardInterrupt")
    screen.wait_for(">>>")
    screen.send("1 + 1\r")
    screen.wait_for(">>> 1 + 1", "2", ">>>")
    assert "never" not in screen.lines


def test_what_is_typed_while_a_cell_runs_shows_at_the_next_prompt_only(console):
    screen = console()
    screen.send("import time; time.sleep(0.7); print('done')\r")
    screen.wait(lambda: screen.modes() == (False, True), "the cell")
    screen.paste("6 * 7")
    screen.wait_for("done", ">>> 6 * 7")
    assert screen.text.count("6 * 7") == 1 and "^[" not in screen.text
    screen.send("\r")
    screen.wait_for("42", ">>>")
    leave(screen)
    assert screen.modes() == (True, True)


def test_a_signal_while_a_cell_runs_restores_the_terminal(console):
    screen = console()
    screen.send("while True: pass\r")
    screen.wait(lambda: screen.modes() == (False, True), "the loop")
    os.kill(screen.child, signal.SIGTERM)
    assert screen.wait_for_end() == -signal.SIGTERM
    assert screen.modes() == (True, True)


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
    screen.wait(lambda: screen.modes() == (False, True), "the cell")
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


def test_the_quit_key_ends_and_restores_the_terminal(console):
    screen = console(SWIFT_BACKTRACE="enable=no")
    screen.send("half a li")
    screen.wait_for(">>> half a li")
    screen.send("\x1c")
    assert screen.wait_for_end() == -signal.SIGQUIT
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


@pytest.fixture
def shell(tmp_path):
    """A shell with job control."""
    screen = Screen(
        ["/bin/bash", "--norc", "--noprofile", "-i"], PS1="$ ", HOME=str(tmp_path), HISTFILE="",
        NABLA_HISTORY=str(tmp_path / "history.sqlite"), columns=200, lines=80,
    )  # fmt: skip
    screen.wait_for("$")
    yield screen
    screen.close()


@pytest.fixture
def job(shell):
    """The same with a console in the foreground, which has its prompt."""
    shell.send(f"{BINARY} repl\r")
    shell.wait_for(">>>")
    return shell


def test_stopping_and_going_on(shell):
    """Ctrl-Z gives the terminal back to the shell; `fg` shows the line as it was."""
    # Not the shell's own modes, which are those of its line editor.
    shell.send("stty ixon\r")
    shell.wait_for("$ stty ixon", "$")
    shell.send(f"{BINARY} repl\r")
    shell.wait_for(">>>")
    shell.send("12 + ")
    shell.wait_for(">>> 12 +")
    shell.send("\x1a")
    shell.wait_for_text("Stopped")
    shell.wait_for("$")
    shell.send("stty -a\r")
    shell.wait(lambda: "icrnl ixon" in shell.text and shell.lines[-1] == "$", "Ctrl-S is the shell's")
    shell.send("echo shell\r")
    shell.wait_for("shell", "$")
    shell.send("fg\r")
    shell.wait_for(">>> 12 +")
    assert not shell.takes_flow_keys()
    shell.send("30\r")
    shell.wait_for(">>> 12 + 30", "42", ">>>")
    # Ctrl-Z is a key; the signal may come from elsewhere too.
    shell.send("5 + ")
    shell.wait_for(">>> 5 +")
    os.kill(os.tcgetpgrp(shell.terminal), signal.SIGTSTP)
    shell.wait(
        lambda: "Stopped" in shell.text.split(">>> 5 +")[-1] and shell.lines[-1] == "$",
        "the shell",
    )
    shell.send("fg\r")
    shell.wait_for(">>> 5 +")
    shell.send("6\r")
    shell.wait_for(">>> 5 + 6", "11", ">>>")
    shell.send("\x04")
    shell.wait_for("$")


def wait_for_the_end_of(session, shell, word):
    """Waits until a job of a shell has ended, and the shell says how."""

    def has_ended():
        try:
            # A shell may have seen the end without having asked for it yet.
            return "State:\tZ" in Path(f"/proc/{session}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True

    shell.wait(has_ended, "the end of the job")

    def is_told():
        # The end of any other job makes the shell ask.
        shell.send("/bin/true\r")
        shell.read(0.2)
        return word in shell.text

    shell.wait(is_told, word)


def test_the_stop_key_stops_at_once_and_once(job):
    for count in range(5):
        job.send(f"{count} +")
        job.wait_for(f">>> {count} +")
        before = job.text.count(">>>")
        job.send("\x1a")
        job.wait(lambda: job.text.count("Stopped") == count + 1 and job.lines[-1] == "$", "the shell")
        assert job.text.count(">>>") == before, "no prompt stands between the line and the shell"
        job.send("fg\r")
        job.wait_for(f">>> {count} +")
        job.send("\x03")
        job.wait_for(f">>> {count} +^C", ">>>")


@pytest.mark.parametrize("name, word", [("TERM", "Terminated"), ("HUP", "Hangup")])
def test_a_signal_ends_a_session_that_is_stopped(job, name, word):
    run(job, "40 + 2")
    session = os.tcgetpgrp(job.terminal)
    job.send("12 +\x1a")
    job.wait(lambda: "Stopped" in job.text and job.lines[-1] == "$", "the shell")
    job.send(f"kill -{name} %1\r")
    wait_for_the_end_of(session, job, word)


def test_a_signal_ends_a_session_that_others_stopped(job):
    job.send("12 +")
    job.wait_for(">>> 12 +")
    session = os.tcgetpgrp(job.terminal)
    os.kill(session, signal.SIGSTOP)
    job.wait(lambda: "Stopped" in job.text and job.lines[-1] == "$", "the shell")
    os.kill(session, signal.SIGTERM)
    os.kill(session, signal.SIGCONT)
    wait_for_the_end_of(session, job, "Terminated")


def test_a_session_in_the_background_waits_for_the_terminal(job):
    session = os.tcgetpgrp(job.terminal)
    job.send("12 +\x1a")
    job.wait(lambda: "Stopped" in job.text and job.lines[-1] == "$", "the shell")
    job.send("bg; wait\r")
    job.wait(lambda: job.text.count("Stopped") >= 2 and job.lines[-1] == "$", "the stop")
    job.send("fg\r")
    job.wait_for(">>> 12 +")
    job.send("3\r")
    job.wait_for("15", ">>>")
    job.send("\x1a")
    job.wait(lambda: job.text.count("Stopped") >= 3 and job.lines[-1] == "$", "the shell")
    job.send("bg; kill %1\r")
    wait_for_the_end_of(session, job, "Terminated")


@pytest.mark.parametrize("keys", ["\x16", "\x1b[200~half a pas"])
def test_a_signal_is_heard_amidst_a_key(console, keys):
    screen = console()
    screen.send(f"1 +{keys}")
    screen.wait_for(">>> 1 +")
    # Only a wait for the rest of the key is left.
    time.sleep(0.2)
    drawn = len(screen.bytes)
    screen.resize(60, 20)
    screen.send(" 2" if keys == "\x16" else "te\x1b[201~")
    screen.wait(lambda: b">>>" in screen.bytes[drawn:], "the new drawing")
    end = "1 + 2" if keys == "\x16" else "1 +half a paste"
    screen.wait_for(f">>> {end}")
    screen.wait(lambda: screen.cursor[0] == 4 + len(end), "the cursor behind it")
    screen.send(keys)
    time.sleep(0.2)
    os.kill(screen.child, signal.SIGTERM)
    assert screen.wait_for_end() == -signal.SIGTERM
    assert screen.modes() == (True, True)


def test_the_quit_key_ends_a_session_that_its_signal_does_not_end(tmp_path):
    command = f"trap '' QUIT; exec {BINARY} repl"
    history = tmp_path / "history.sqlite"
    screen = Screen(["/bin/sh", "-c", command], NABLA_HISTORY=str(history), HOME=str(tmp_path))
    try:
        screen.wait_for(">>>")
        run(screen, "6 * 7")
        screen.send("half\x1c")
        assert screen.wait_for_end() == 0
        assert screen.modes() == (True, True)
        with sqlite3.connect(history) as database:
            assert database.execute("SELECT source_raw FROM history").fetchall() == [("6 * 7",)]
    finally:
        screen.close()


def test_stopping_a_cell_and_going_on(job):
    job.send("while True: pass\r")
    job.wait(lambda: job.modes() == (False, True), "the loop")
    job.send("\x1a")
    job.wait(lambda: "Stopped" in job.text and job.lines[-1] == "$", "the shell")
    job.send("stty -a\r")
    job.wait(lambda: "icanon iexten echo " in job.text, "an echo")
    job.send("fg\r")
    job.wait(lambda: job.modes() == (False, True), "the loop")
    job.send("\x03")
    job.wait_for_text("KeyboardInterrupt")
    job.wait_for(">>>")
    job.send("\x04")
    job.wait_for("$")
