"""The limits of `nabla run`: times, retries, and processes that die."""

import os
import signal
import time
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import nabla
from notebooks import make, read, texts
from processes import children, start, wait_for

LOOP = "while True:\n    pass"
STUBBORN = (
    "while True:\n    try:\n        while True:\n            pass\n"
    "    except KeyboardInterrupt:\n        pass"
)


@pytest.mark.parametrize("cell", [LOOP, STUBBORN], ids=["reacts", "does not react"])
def test_a_cell_past_its_time_is_ended_and_the_outputs_are_kept(tmp_path, cell):
    path = tmp_path / "a.ipynb"
    make("print('before')", "print('here')\n" + cell, "print('after')", path=path)
    done = nabla("run", "--timeout", "500ms", "--in-place", path, code=3)
    assert "cell 2 timed out: the cell took longer than 0.5 s, its --timeout" in done.stderr
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "stdout", "TimeoutError"]
    if cell == LOOP:
        assert "Cell In[2], line 2" in done.stderr, "the block says where the cell was"


def test_a_session_goes_on_after_a_cell_past_its_time_when_asked(tmp_path):
    path = tmp_path / "a.ipynb"
    make("x = 7", LOOP, "print(x)", path=path)
    nabla("run", "--timeout", "0.5", "--keep-going", "--in-place", path, code=3)
    assert texts(read(path))[1:] == [
        ("TimeoutError", "the cell took longer than 0.5 s, its --timeout"), ("stdout", "7\n"),
    ]  # fmt: skip


def test_a_script_has_a_time_too(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text("print('before')\n" + LOOP + "\n")
    done = nabla("run", "--timeout", "0.5s", script, code=3)
    assert done.stdout == "before\n"
    assert "TimeoutError" in done.stderr and "a.nabla, line 2" in done.stderr


def test_what_is_shown_without_end_does_not_outrun_its_time(tmp_path):
    path = tmp_path / "a.ipynb"
    make("while True:\n    print('more')", path=path)
    nabla("run", "--quiet", "--timeout", "0.5", "--in-place", path, code=3)
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "TimeoutError"]


def test_a_cell_in_time_is_left_alone(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print('one')", "print('two')", path=path)
    nabla("run", "--timeout", "1h", "--deadline", "1h", "--in-place", path)
    assert texts(read(path)) == [("stdout", "one\n"), ("stdout", "two\n")]


def test_the_whole_run_has_a_time(tmp_path):
    for name in ("a", "b"):
        make("print('before')", LOOP, path=tmp_path / f"{name}.ipynb")
    before = (tmp_path / "b.ipynb").read_bytes()
    done = nabla("run", "--deadline", "1", "--in-place", "--retries", "5", tmp_path, code=3)
    assert "the run took longer than 1 s, its --deadline" in done.stderr
    assert "1 file not run" in done.stderr
    assert [kind for kind, _ in texts(read(tmp_path / "a.ipynb"))] == ["stdout", "TimeoutError"]
    assert (tmp_path / "b.ipynb").read_bytes() == before


ONCE = """\
try:
    load_npy('done.npy')
except Exception:
    save_npy('done.npy', array([1.0]))
    raise ValueError('the first time')
"""


def test_a_file_that_failed_runs_again_from_its_start(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print('start')", ONCE, "print('end')", path=path)
    done = nabla("run", "--retries", "2", "--in-place", path)
    assert "cell 2 failed: ValueError: the first time; run 2 of 3" in done.stderr
    notebook = read(path)
    assert texts(notebook) == [("stdout", "start\n"), ("stdout", "end\n")]
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]


def test_retries_end(tmp_path):
    path = tmp_path / "a.ipynb"
    make("no_such_name", path=path)
    done = nabla("run", "--quiet", "--retries", "2", path, code=1)
    assert done.stderr.count("a.ipynb: cell 1 failed") == 3


@pytest.mark.parametrize("options", [[], ["--quiet"]])
def test_each_run_of_a_script_is_told(tmp_path, options):
    path = tmp_path / "a.nabla"
    path.write_text("no_such_name\n")
    done = nabla("run", *options, "--retries", "2", path, code=1)
    assert done.stderr.count(f"nabla: {path}: cell 1 failed: NameError") == 3
    assert done.stderr.splitlines()[-1].startswith("nabla: ")
    assert "failed" not in nabla("run", *options, path, code=1).stderr, "it ends like any program"


def test_a_process_that_dies_is_reported_and_the_outputs_so_far_are_kept(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    make("print('before')", "save_npy('started.npy', array([1.0]))\nprint('here')\n" + LOOP,
         path=tmp_path / "a" / "n.ipynb")  # fmt: skip
    make("print('well')", path=tmp_path / "b" / "n.ipynb")
    process = start("run", "--in-place", "a", "b", cwd=tmp_path)
    wait_for(lambda: (tmp_path / "a" / "started.npy").exists())
    time.sleep(0.5)  # What was printed is on its way.
    (worker,) = [
        child for child in children(process.pid) if os.readlink(f"/proc/{child}/cwd") == str(tmp_path / "a")
    ]
    os.kill(worker, signal.SIGKILL)
    shown, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cell 2 failed: the process that ran the cell has ended: signal 9, Killed" in errors
    kinds = [kind for kind, _ in texts(read(tmp_path / "a" / "n.ipynb"))]
    assert kinds == ["stdout", "stdout", "DeadKernelError"]
    assert "n.ipynb: 1 code cell, all well" in shown
    assert texts(read(tmp_path / "b" / "n.ipynb")) == [("stdout", "well\n")]


def test_cells_of_a_file_that_never_began_are_skipped_with_the_reason(tmp_path):
    make("while True: pass", path=tmp_path / "a.ipynb")
    make("1", "", "2", path=tmp_path / "b.ipynb")
    (tmp_path / "c.nabla").write_text("print(1)\n")
    (tmp_path / "d.ipynb").write_text("{")
    nabla("run", "--deadline", "1s", "--junit", "r.xml", "a.ipynb", "b.ipynb", "c.nabla", "d.ipynb", code=3, cwd=tmp_path)
    root = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert [suite.get("tests") for suite in root] == ["1", "2", "1", "1"]
    assert root.get("skipped") == "4" and root.get("tests") == "5"
    assert [case.get("name") for case in root[1]] == ["cell 1: 1", "cell 3: 2"]
    for case in [*root[1], *root[2], *root[3]]:
        assert case.find("skipped").get("message") == "the run took longer than 1 s, its --deadline"
