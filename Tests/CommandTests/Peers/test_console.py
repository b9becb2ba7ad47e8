"""The consoles: Jupyter's with our kernel, and our own."""

import re
import subprocess
import sys

import pexpect
import pytest
from conftest import BINARY, nabla

ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[=>()][0-9A-B]?)")


def test_jupyter_run(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text("x = 3; f = x * x; backward(f);\nprint('gradient', x.grad)\n")
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "run", "--kernel", "nabla", script],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "gradient 6\n" in done.stdout


def test_jupyter_console():
    console = pexpect.spawn(
        sys.executable,
        ["-m", "jupyter", "console", "--kernel", "nabla", "--simple-prompt", "--no-confirm-exit"],
        encoding="utf-8", timeout=30, dimensions=(40, 120),
    )  # fmt: skip
    console.expect_exact("In [1]:")
    console.sendline("x = 4; y = -3; f = x * y; backward(f)")
    console.expect_exact("x * y")
    console.expect_exact("In [2]:")
    console.sendline("f")
    console.expect_exact("-12")
    console.expect_exact("In [3]:")
    console.sendline("no_such_name")
    console.expect_exact("NameError")
    console.expect_exact("In [4]:")
    console.sendeof()
    console.expect(pexpect.EOF)


@pytest.fixture
def repl():
    console = pexpect.spawn(str(BINARY), ["repl"], encoding="utf-8", timeout=10, dimensions=(40, 120))
    console.expect_exact(">>> ")
    yield console
    console.close(force=True)


def test_repl_shows_results_and_tables(repl):
    assert "Nabla" in repl.before
    repl.sendline("6 * 7")
    repl.expect_exact("42\r\n")
    repl.sendline("x = 4; y = -3; f = x * y; backward(f)")
    repl.expect_exact("x * y")
    repl.sendeof()
    repl.expect(pexpect.EOF)
    repl.close()
    assert repl.exitstatus == 0


def test_repl_reads_blocks_until_an_empty_line(repl):
    repl.sendline("def square(x):")
    repl.expect_exact("... ")
    repl.sendline("    return x * x")
    repl.expect_exact("... ")
    repl.sendline("")
    repl.expect_exact(">>> ")
    repl.sendline("square(9)")
    repl.expect_exact("81\r\n")


def test_repl_goes_on_after_an_error(repl):
    repl.sendline("x = 5")
    repl.expect_exact(">>> ")
    repl.sendline("no_such_name")
    repl.expect_exact("NameError")
    repl.expect_exact(">>> ")
    repl.sendline("x + 1")
    repl.expect_exact("6\r\n")


def test_repl_interrupts_a_loop_and_drops_a_line(repl):
    repl.sendline("x = 5")
    repl.expect_exact(">>> ")
    repl.sendline("while True: print('go')")
    repl.expect_exact("go\r\n")
    repl.sendintr()
    repl.expect_exact("KeyboardInterrupt")
    repl.expect_exact(">>> ")
    repl.send("x = ")
    repl.sendintr()
    repl.expect_exact(">>> ")
    repl.sendline("x")
    repl.expect_exact("5\r\n")


def test_repl_asks_for_input(repl):
    repl.sendline("name = input('who? ')")
    repl.expect_exact("who? ")
    repl.sendline("Ada")
    repl.expect_exact(">>> ")
    repl.sendline("print('hello', name)")
    repl.expect_exact("hello Ada\r\n")


def test_repl_from_a_pipe_has_no_banner_and_no_prompt():
    source = "def f(x):\n    y = x * x\n\n    return y\nprint(f(3))\n6 * 7\n"
    assert nabla("repl", input=source).stdout == "9\n42\n"
    done = nabla("repl", input="print(1)\nno_such_name\n", code=1)
    assert done.stdout == "1\n"
    assert "NameError" in done.stderr
    assert ESCAPES.search(done.stderr) is None
    assert nabla("repl", input="").stdout == ""
