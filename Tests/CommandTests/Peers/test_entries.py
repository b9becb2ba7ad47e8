"""The command without a command: scripts, code, pipes; their output, errors and exit codes."""

import os
import re
import signal
import stat
import subprocess

import pexpect
import pytest
from conftest import BINARY, nabla
from screens import Screen

PASS = "x = 3; y = x * x; backward(y)\n"


@pytest.fixture
def script(tmp_path):
    """Writes a script and gives its path."""

    def write(text, name="a.nabla"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_a_script_shows_what_it_prints_and_nothing_else(script):
    path = script(PASS + "print('gradient', x.grad)\ny\n")
    assert nabla(path).stdout == "gradient 6\n"
    assert nabla("run", path).stdout == "gradient 6\n"
    with_tables = nabla("--tables", path).stdout
    assert with_tables == nabla("run", "--tables", path).stdout
    assert "x * x" in with_tables


def test_arguments_reach_a_script_code_and_a_pipe(script):
    path = script("import sys\nprint(argv[1:], sys.argv[0] == argv[0], len(argv))\n")
    expected = "['one', '--tables', '-c'] True 4\n"
    assert nabla(path, "one", "--tables", "-c").stdout == expected
    assert nabla("-c", "print(argv)", "one", "--help").stdout == "['-c', 'one', '--help']\n"
    assert nabla("-", "one", input="print(argv)").stdout == "['-', 'one']\n"
    assert nabla("run", path).stdout == "[] True 1\n"
    # Side by side they run in processes of their own.
    other = script("print(argv[0].split('/')[-1])", "b.nabla")
    both = nabla("run", "--show", path, other).stdout
    assert "[] True 1\n" in both and "b.nabla\n" in both


def test_a_script_is_a_command_of_its_own(script, tmp_path):
    path = script("#!/usr/bin/env nabla\nprint('hello', argv[1])\n", "greet")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nabla").symlink_to(BINARY)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [path, "Ada"], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "hello Ada\n"
    # A file by its bare name, too.
    assert nabla("greet", "Ada", cwd=tmp_path).stdout == "hello Ada\n"


def test_code_shows_its_table_and_its_result():
    several = nabla("-c", "x = 3\ny = x * x\nbackward(y)").stdout
    assert "x * x" in several and several.count("\n") == 4
    assert nabla("-c", "def f(x):\n    return x + 1\n\nf(41)").stdout == "42\n"
    assert nabla("-c", "6 * 7;").stdout == ""


@pytest.mark.parametrize("arguments", [(), ("-",), ("repl",)])
def test_a_pipe_has_no_banner_and_no_prompt(arguments):
    assert nabla(*arguments, input="print(1)\n\n6 * 7\n").stdout == "1\n42\n"
    assert nabla(*arguments, input="").stdout == ""


def test_a_file_as_standard_input(script):
    with script(PASS).open() as file:
        assert "x * x" in nabla(stdin=file).stdout


@pytest.mark.parametrize(
    "arguments, source, place",
    [
        (("FILE",), "x = 1\nno_such + 1\n", "FILE, line 2"),
        (("-c", "x = 1\nno_such"), "", "<command>, line 2"),
        (("-",), "\n\nno_such", "<stdin>, line 3"),
    ],
)
def test_an_error_names_file_and_line(script, arguments, source, place):
    path = str(script(source))
    words = [path if word == "FILE" else word for word in arguments]
    done = nabla(*words, input=source, code=1)
    assert done.stdout == ""
    assert "NameError: no_such is not defined" in done.stderr
    assert place.replace("FILE", path) in done.stderr


def test_what_cannot_be_run_ends_with_two(script, tmp_path):
    assert "No such file" in nabla(tmp_path / "none.nabla", code=2).stderr
    assert "did you mean nabla check?" in nabla("chekc", code=2).stderr
    binary = tmp_path / "b.nabla"
    binary.write_bytes(b"x = 1 \xff")
    assert f"{binary} is not UTF-8" in nabla(binary, code=2).stderr
    latin = subprocess.run([BINARY], input=b"\xe9", capture_output=True, timeout=60)
    assert latin.returncode == 2 and b"standard input is not UTF-8" in latin.stderr
    notebook = script('{"cells": []}', "a.ipynb")
    for arguments in ((notebook,), ("repl", "--load", notebook)):
        done = nabla(*arguments, code=2)
        assert f"{notebook} is a notebook; nabla run {notebook} runs it" in done.stderr and done.stdout == ""
    assert "No such file" in nabla("repl", "--load", tmp_path / "none.nabla", code=2).stderr
    for arguments in ((), ("-",), ("repl",), ("run", "-")):
        folder = os.open(tmp_path, os.O_RDONLY)
        assert "standard input: Is a directory" in nabla(*arguments, stdin=folder, code=2).stderr
        os.close(folder)
    if os.geteuid() != 0:
        closed = script("print(1)", "closed.nabla")
        closed.chmod(0)
        assert "Permission denied" in nabla(closed, code=2).stderr


def interrupted(arguments, **options):
    """Starts a program, interrupts it once it says so, and gives its exit code and errors."""
    process = subprocess.Popen(
        [BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        **options,
    )  # fmt: skip
    assert process.stdout.readline() == "go\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def test_an_interrupt_ends_with_130(script):
    loop = "print('go')\nwhile True: pass\n"
    code, errors = interrupted([script(loop)], stdin=subprocess.DEVNULL)
    assert code == 130 and "KeyboardInterrupt" in errors and "a.nabla, line " in errors
    assert interrupted(["-c", loop], stdin=subprocess.DEVNULL)[0] == 130
    # A script that catches it goes on to its end.
    caught = script("try:\n    print('go')\n    while True: pass\nexcept KeyboardInterrupt:\n    pass\n")
    assert interrupted([caught], stdin=subprocess.DEVNULL) == (0, "")
    # One that waits for input is reached as well.
    reader, writer = os.pipe()
    assert interrupted(["-c", "print('go'); input()"], stdin=reader)[0] == 130
    os.close(reader)
    os.close(writer)


def test_a_second_interrupt_ends_at_once(script):
    path = script(
        "while True:\n    try:\n        print('go')\n        while True: pass\n"
        "    except KeyboardInterrupt:\n        print('again')\n"
    )
    process = subprocess.Popen(
        [BINARY, path], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    assert process.stdout.readline() == "go\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "again\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_an_interrupted_password_leaves_the_terminal_as_it_was(script):
    path = script(
        "try:\n    print('go')\n    while True: pass\nexcept KeyboardInterrupt:\n    pass\n"
        "getpass('key? ')\n"
    )
    screen = Screen([BINARY, path])
    screen.wait_for_text("go")
    screen.send("\x03")
    screen.wait(lambda: screen.modes() == (False, True), "the question")
    screen.send("\x03")
    assert screen.wait_for_end() == 130
    assert screen.modes() == (True, True)
    screen.close()


def test_a_reader_that_leaves_ends_a_script_quietly(script):
    path = script("for i in range(1000000000): print(i)\n")
    process = subprocess.Popen([BINARY, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"0\n"
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGPIPE
    assert process.stderr.read() == b""


def test_input_of_a_script_comes_from_the_standard_input(script):
    path = script("name = input('who? ')\nprint('hello', name)\n")
    assert nabla(path, input="Ada\n").stdout == "who? hello Ada\n"
    assert "EOFError" in nabla(path, input="", code=1).stderr
    assert "nobody to ask" in nabla("-", input="input()", code=1).stderr


def prompt(*arguments):
    """The prompt on a terminal, before anything is read from it."""
    return pexpect.spawn(
        str(BINARY), list(map(str, arguments)), encoding="utf-8", timeout=10, dimensions=(40, 100)
    )


def test_the_prompt_with_the_names_of_a_script(script):
    path = script("def square(x):\n    return x * x\nprint('loaded')\n")
    console = prompt("repl", "--load", path)
    console.expect_exact("loaded\r\n")
    console.expect_exact(">>> ")
    console.sendline("square(9)")
    console.expect_exact("81\r\n")
    console.sendeof()
    console.expect(pexpect.EOF)
    console.close()
    assert console.exitstatus == 0
    assert nabla("repl", "--load", path, input="square(9)").stdout == "loaded\n81\n"


def test_an_error_in_a_loaded_script_leaves_its_names(script):
    path = script("x = 5\nno_such\n")
    console = prompt("repl", "--load", path)
    console.expect_exact("a.nabla, line 2")
    console.expect_exact(">>> ")
    console.sendline("x + 1")
    console.expect_exact("6\r\n")
    console.close(force=True)
    assert "NameError" in nabla("repl", "--load", path, input="print(x)", code=1).stderr


def test_the_bare_command_is_the_prompt_on_a_terminal():
    console = prompt()
    console.expect_exact(">>> ")
    assert "Nabla" in console.before
    console.sendline("6 * 7")
    console.expect_exact("42\r\n")
    console.close(force=True)


def shown(code, columns, **variables):
    """What code shows on a terminal of so many columns."""
    console = pexpect.spawn(
        str(BINARY), ["-c", code], encoding="utf-8", timeout=30, dimensions=(40, columns),
        env={**os.environ, "TERM": "xterm", "COLORTERM": "", "LC_ALL": "C.UTF-8", **variables},
    )  # fmt: skip
    console.expect(pexpect.EOF)
    return console.before.replace("\r\n", "\n")


def test_a_picture_is_as_wide_as_the_terminal():
    code = "sin(arange(4000).reshape(50, 80))"
    widths = {}
    for columns in (24, 40, 100):
        lines = re.findall(r"^[·░▒▓█]+$", shown(code, columns), re.MULTILINE)
        widths[columns] = {len(line) for line in lines}
    assert widths == {24: {24}, 40: {40}, 100: {48}}
    # In a pipe it is the one of a notebook.
    assert {len(line) for line in re.findall(r"^[·░▒▓█]+$", nabla("-c", code).stdout, re.MULTILINE)} == {24}


def test_colours_and_signs_are_those_of_the_terminal():
    code = "sin(arange(4000).reshape(50, 80))"
    assert "\x1b[38;5;" in shown(code, 80, TERM="xterm-256color")
    assert "\x1b[38;2;" in shown(code, 80, COLORTERM="truecolor")
    assert "\x1b" not in shown(code, 80, COLORTERM="truecolor", NO_COLOR="1")
    assert shown(code + "; x = 1", 80, LC_ALL="C").isascii()


def test_tables_fit_the_terminal():
    code = "w = arange(30) * 1.2345678; loss = sum(w * w * w); backward(loss)"
    for columns in (50, 80):
        text = re.sub(r"\x1b\[[0-9;]*m", "", shown(code, columns))
        assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize(
    "code, status, errors",
    [
        ("exit", 0, ""),
        ("exit()", 0, ""),
        ("print('out'); exit(3)", 3, ""),
        ("import sys\nsys.exit('no luck')", 1, "no luck\n"),
        ("def f():\n    raise SystemExit(4)\ntry:\n    f()\nexcept Exception:\n    pass", 4, ""),
        ("exit(257)", 1, ""),
        ("exit(None); no_such", 0, ""),
    ],
)
def test_code_ends_with_the_code_that_it_says(script, code, status, errors):
    for arguments in (["-c", code], [script(code + "\n" if "(" in code else "exit()\n")]):
        done = nabla(*arguments, code=status)
        assert done.stderr == errors
        assert done.stdout == ("out\n" if "out" in code else "")


def test_a_script_that_ends_itself_is_well_in_a_run_unless_it_says_otherwise(script):
    assert nabla("run", script("print(1)\nexit()\nprint(2)\n")).stdout == "1\n"
    nabla("run", script("exit(3)\n"), code=1)


def test_the_prompt_is_left_by_a_word():
    for word, status in (("exit", 0), ("quit()", 0), ("exit(3)", 3)):
        console = prompt()
        console.expect_exact(">>> ")
        console.sendline(word)
        console.expect(pexpect.EOF)
        console.close()
        assert console.exitstatus == status


def test_a_tilde_in_the_name_of_a_file_is_the_user_s_folder(tmp_path):
    code = "save_csv('~/a.csv', [[1, 2]]); print(load_csv('~/a.csv'))"
    done = nabla("-c", code, env={**os.environ, "HOME": str(tmp_path)})
    assert done.stdout == "[[1 2]]\n"
    assert (tmp_path / "a.csv").exists()
