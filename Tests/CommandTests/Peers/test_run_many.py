"""`nabla run` over several files and folders, some at a time, and its interrupts."""

import os
import pty
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import BINARY, nabla
from notebooks import make, read, texts
from processes import children, start, wait_for

LOOP = "open = save_npy('started.npy', array([1.0]))\nwhile True:\n    pass"


def test_a_folder_stands_for_the_notebooks_in_it(tmp_path):
    for name in ("a", "sub/b", "sub/.ipynb_checkpoints/b-checkpoint"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        make("1 + 1", path=tmp_path / f"{name}.ipynb")
    (tmp_path / "module.nabla").write_text("no_such_name\n")
    shown = nabla("run", tmp_path).stdout
    assert re.findall(r"(\w+\.ipynb): 1 code cell, all well", shown) == ["a.ipynb", "b.ipynb"]
    assert re.search(r"^2 files, 2 code cells: 2 passed, \d+\.\d\d s$", shown, re.MULTILINE)
    nabla("run", "--output", tmp_path / "out", tmp_path)
    assert texts(read(tmp_path / "out" / "a.ipynb")) == [("execute_result", "2")]
    assert texts(read(tmp_path / "out" / "sub" / "b.ipynb")) == [("execute_result", "2")]


def test_a_folder_without_notebooks_is_told(tmp_path):
    assert "no notebooks" in nabla("run", tmp_path, code=2).stderr


def test_two_notebooks_are_not_written_to_one_file(tmp_path):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        make("1", path=tmp_path / name / "a.ipynb")
    done = nabla("run", "-o", tmp_path / "out", tmp_path / "x/a.ipynb", tmp_path / "y/a.ipynb", code=2)
    assert "would both be written" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("jobs", ["1", "3", "0"])
def test_files_at_a_time_are_sessions_of_their_own(tmp_path, jobs):
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "mine.nabla").write_text(f"value = {number}\n")
        make("import mine\nx = mine.value\nprint(x)", path=folder / "a.ipynb")
    nabla("run", "--jobs", jobs, "--in-place", tmp_path)
    for number in range(6):
        assert texts(read(tmp_path / str(number) / "a.ipynb"))[0] == ("stdout", f"{number}\n")


def test_what_several_files_give_is_shown_under_their_names_when_asked(tmp_path):
    for name in ("a", "b"):
        make(f"print('from {name}')", path=tmp_path / f"{name}.ipynb")
    (tmp_path / "c.nabla").write_text("print('from c')\n")
    files = [tmp_path / "a.ipynb", tmp_path / "b.ipynb", tmp_path / "c.nabla"]
    plain = nabla("run", *files).stdout
    assert "from a" not in plain
    assert "c.nabla <==\nfrom c\n" in plain, "what a script prints is kept nowhere else"
    shown = nabla("run", "--show", *files).stdout
    for name in ("a", "b"):
        assert re.search(rf"==> \S*{name}\.ipynb <==\n\[1\] print\('from {name}'\)\nfrom {name}\n", shown)
    assert "from" not in nabla("run", "--quiet", *files).stdout


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--timeout", "60"]])
def test_a_single_notebook_that_fails_has_its_sum(tmp_path, options):
    path = tmp_path / "a.ipynb"
    make("1", "no_such_name", "3", path=path)
    done = nabla("run", *options, path, code=1)
    assert re.search(r"^1 file, 3 code cells: 1 passed, 1 failed, 1 not run, \d+\.\d\d s$", done.stdout, re.MULTILINE)
    make("1 + 1", "2", path=path)
    assert "1 file" not in nabla("run", *options, "--in-place", path).stdout, "what is well has said so"
    make("1 + 1", "no_such_name", path=path)
    assert "1 file, 2 code cells: 1 failed, 1 different" in nabla("check", *options, path, code=1).stdout
    (tmp_path / "a.nabla").write_text("print(1)\nno_such_name\n")
    assert nabla("run", tmp_path / "a.nabla", code=1).stdout == "1\n"


def test_a_failure_of_one_file_is_told_and_the_others_go_on(tmp_path):
    make("1", "no_such_name", "3", path=tmp_path / "a.ipynb")
    make("1", path=tmp_path / "b.ipynb")
    (tmp_path / "c.ipynb").write_text("{")
    done = nabla("run", tmp_path, code=2)
    assert "NameError" in done.stderr and "a.ipynb: cell 2 failed" in done.stderr
    assert "c.ipynb: not a notebook" in done.stderr
    assert "b.ipynb: 1 code cell, all well" in done.stdout
    assert "3 files, 4 code cells: 2 passed, 1 failed, 1 not run, 1 not usable" in done.stdout
    (tmp_path / "c.ipynb").unlink()
    assert "b.ipynb" in nabla("run", tmp_path, code=1).stdout


def test_nothing_begins_after_an_error_when_asked(tmp_path):
    make("no_such_name", path=tmp_path / "a.ipynb")
    make("1", path=tmp_path / "b.ipynb")
    before = (tmp_path / "b.ipynb").read_bytes()
    done = nabla("run", "--in-place", "--stop-after-error", tmp_path, code=1)
    assert "1 file not run" in done.stderr
    assert (tmp_path / "b.ipynb").read_bytes() == before


def test_going_on_after_an_error_and_allowing_errors(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print(1)", "no_such_name", "print(2)", path=path)
    nabla("run", "--in-place", "--keep-going", path, code=1)
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "NameError", "stdout"]
    nabla("run", "--in-place", "--allow-errors", path)
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "NameError", "stdout"]
    make("no_such_name", path=path, execution={"allow_errors": True})
    nabla("run", path)


def test_a_script_comes_from_the_standard_input():
    assert nabla("run", "-", input="x = 6\nprint(x * 7)\n").stdout == "42\n"
    done = nabla("run", "-", input="print(1)\nno_such_name\n", code=1)
    assert done.stdout == "1\n"
    assert "<stdin>, line 2" in done.stderr


def test_a_script_may_ask_the_terminal(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text("print(input('name? ') + '!')\n")
    assert nabla("run", script, input="Ada\n").stdout == "name? Ada!\n"


def test_a_script_that_catches_the_interrupt_and_ends_well_is_well(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text(
        "try:\n    print('started')\n    while True:\n        pass\n"
        "except KeyboardInterrupt:\n    print('caught')\n"
    )
    process = start("run", script)
    assert process.stdout.readline() == "started\n"
    process.send_signal(signal.SIGINT)
    shown, errors = process.communicate(timeout=60)
    assert (process.returncode, shown, errors) == (0, "caught\n", "")


def test_an_interrupt_ends_all_files_and_keeps_their_outputs(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        make("print('before')", LOOP, "print('after')", path=tmp_path / name / "n.ipynb")
    before = (tmp_path / "c" / "n.ipynb").read_bytes()
    process = start("run", "--jobs", "2", "--in-place", "a", "b", "c", cwd=tmp_path)
    wait_for(lambda: all((tmp_path / name / "started.npy").exists() for name in "ab"))
    workers = children(process.pid)
    assert len(workers) >= 2
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 file not run" in errors
    for name in ("a", "b"):
        kinds = [kind for kind, _ in texts(read(tmp_path / name / "n.ipynb"))]
        assert kinds == ["stdout", "KeyboardInterrupt"]
    assert (tmp_path / "c" / "n.ipynb").read_bytes() == before
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)


def test_workers_end_with_the_run_that_is_killed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make(LOOP, path=tmp_path / name / "n.ipynb")
    process = start("run", "--jobs", "2", "a", "b", cwd=tmp_path)
    wait_for(lambda: all((tmp_path / name / "started.npy").exists() for name in "ab"))
    workers = children(process.pid)
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: not any(os.path.exists(f"/proc/{worker}") for worker in workers))


def test_a_second_interrupt_ends_at_once(tmp_path):
    make("save_npy('started.npy', array([1.0]))\nwhile True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass", path=tmp_path / "a.ipynb")  # fmt: skip
    make("1", path=tmp_path / "b.ipynb")
    process = start("run", "a.ipynb", "b.ipynb", cwd=tmp_path)
    wait_for(lambda: (tmp_path / "started.npy").exists())
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(0.1)
        except Exception:
            pass
    assert process.returncode == 130


def test_a_terminal_shows_a_bar_and_is_left_clean(tmp_path):
    for name in ("a", "b"):
        make("1", "2", path=tmp_path / f"{name}.ipynb")
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "run", tmp_path], stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(screen)
    assert process.wait(60) == 0
    text = shown.decode()
    assert "of 2 files" in text and "━" in text
    assert "━" not in text.split("\r\x1b[K")[-1], "the bar is taken away at the end"
    assert re.search(r"2 files, 4 code cells: 4 passed, \d\.\d\d s\r\n$", text)


def run_as_nobody(folder, *arguments):
    """Root may read everything, so the command runs as nobody."""
    program = shutil.copy(BINARY, folder / "nabla")
    options = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **options
    )


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_cannot_be_read_is_a_fault_and_the_others_run(command, mode):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        (folder / "all" / "closed" / "below").mkdir(parents=True)
        for name in ("all/a.ipynb", "all/closed/b.ipynb", "all/z.ipynb"):
            make("x = 1", path=folder / name)
        nabla("run", "--in-place", folder)
        (folder / "all" / "closed").chmod(mode)
        try:
            done = run_as_nobody(folder, command, "all")
            assert done.returncode == 2
            assert "nabla: all/closed: Permission denied" in done.stderr
            assert "all/a.ipynb: 1 code cell" in done.stdout and "all/z.ipynb: 1 code cell" in done.stdout
            assert "1 not usable" in done.stdout
            done = run_as_nobody(folder, command, "all/closed")
            assert (done.returncode, done.stderr) == (2, "nabla: all/closed: Permission denied\n")
        finally:
            (folder / "all" / "closed").chmod(0o755)


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_folder_without_notebooks_is_one_fault_among_the_files(tmp_path, command):
    (tmp_path / "empty").mkdir()
    make("x = 1", path=tmp_path / "a.ipynb")
    nabla("run", "--in-place", "a.ipynb", cwd=tmp_path)
    done = nabla(command, "--junit", "r.xml", "empty", "a.ipynb", code=2, cwd=tmp_path)
    assert done.stderr == "nabla: empty: there are no notebooks in this folder\n"
    assert "a.ipynb: 1 code cell" in done.stdout and "1 not usable" in done.stdout
    assert 'name="empty" tests="1" failures="0" errors="1"' in (tmp_path / "r.xml").read_text()


@pytest.mark.parametrize("name", ["pipe.ipynb", "pipe.nabla"])
def test_a_pipe_by_name_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    make("x = 1", path=tmp_path / "a.ipynb")
    done = nabla("run", name, "a.ipynb", code=2, cwd=tmp_path)
    assert done.stderr == f"nabla: {name}: no regular file\n"
    assert "a.ipynb: 1 code cell" in done.stdout


@pytest.mark.parametrize("options", [[], ["--timeout", "1h"]])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_that_ends_programs_keeps_the_outputs_so_far(tmp_path, options, number, code):
    path = tmp_path / "a.ipynb"
    make("print('before')", LOOP, "print('after')", path=path)

    def reset():
        # These tests may run under nohup, and what is ignored stays so.
        signal.signal(number, signal.SIG_DFL)

    words = ["--in-place", *options, "--junit", "r.xml", "a.ipynb"]
    process = start("run", *words, cwd=tmp_path, preexec_fn=reset)
    wait_for(lambda: (tmp_path / "started.npy").exists())
    process.send_signal(number)
    shown, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "cell 2 was interrupted" in errors and "1 passed, 1 interrupted, 1 not run" in shown
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "KeyboardInterrupt"]
    assert 'tests="3"' in (tmp_path / "r.xml").read_text()


def test_an_interrupt_before_the_file_began_is_none_that_is_well(tmp_path):
    """The signal waits, blocked, while the program is loaded."""
    make(LOOP, path=tmp_path / "a.ipynb")

    def interrupt():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.kill(os.getpid(), signal.SIGINT)

    process = start("run", "a.ipynb", cwd=tmp_path, preexec_fn=interrupt)
    process.communicate(timeout=60)
    assert process.returncode == 130
