"""`nabla run` on one file: what it shows, what it keeps, how it ends."""

import json
import signal
import subprocess

from conftest import BINARY, nabla
from notebooks import make, read, texts

TABLE = "x = 3; y = 4\nf = x * y\nbackward(f)"


def test_shows_each_cell_and_its_table(tmp_path):
    make(TABLE, "print('hello')\nf", path=tmp_path / "a.ipynb")
    shown = nabla("run", tmp_path / "a.ipynb").stdout
    assert "[1] x = 3; y = 4" in shown
    assert "x * y" in shown
    assert "hello\n12\n" in shown
    assert "2 code cells, all well" in shown
    assert "\x1b" not in shown


def test_a_notebook_stays_untouched_unless_asked(tmp_path):
    path = tmp_path / "a.ipynb"
    make(TABLE, path=path)
    before = path.read_bytes()
    nabla("run", path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ipynb"]


def test_in_place_writes_valid_outputs_and_a_second_run_changes_nothing(tmp_path):
    path = tmp_path / "a.ipynb"
    make(TABLE, "1 + 1", "print('a')\nprint('b', file=stderr)", path=path, other={"kept": 1.50})
    ids = [cell.id for cell in read(path).cells]
    nabla("run", "--in-place", path)
    notebook = read(path)
    assert [cell.id for cell in notebook.cells] == ids
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.metadata.other == {"kept": 1.5}
    assert set(notebook.cells[0].outputs[0].data) >= {"text/plain", "text/html"}
    assert texts(notebook)[1:] == [
        ("execute_result", "2"), ("stdout", "a\n"), ("stderr", "b\n"),
    ]  # fmt: skip
    before = path.read_bytes()
    nabla("run", "--in-place", path)
    assert path.read_bytes() == before


def test_jupyter_writes_the_same_bytes(tmp_path):
    """What was run here does not change when Jupyter reads and writes it."""
    path = tmp_path / "a.ipynb"
    make(TABLE, "print('a\\rb')", "no_such_name", path=path)
    nabla("run", "--in-place", path, code=1)
    import nbformat

    nbformat.write(nbformat.read(path, as_version=4), tmp_path / "b.ipynb")
    assert json.loads((tmp_path / "b.ipynb").read_text()) == json.loads(path.read_text())
    assert (tmp_path / "b.ipynb").read_text() == path.read_text()


def test_output_to_a_file_and_into_a_folder(tmp_path):
    for name in ("a", "b"):
        make("1 + 1", path=tmp_path / f"{name}.ipynb")
    nabla("run", "--output", tmp_path / "c.ipynb", tmp_path / "a.ipynb")
    nabla("run", "--output", tmp_path / "out", tmp_path / "a.ipynb", tmp_path / "b.ipynb")
    nabla("run", "--output", "one", "a.ipynb", cwd=tmp_path)
    nabla("run", "--output", "deep/one/", "a.ipynb", cwd=tmp_path)
    for path in (tmp_path / "one" / "a.ipynb", tmp_path / "deep" / "one" / "a.ipynb",
                 tmp_path / "c.ipynb", tmp_path / "out" / "a.ipynb", tmp_path / "out" / "b.ipynb"):
        assert texts(read(path)) == [("execute_result", "2")]
    (tmp_path / "taken").write_text("mine")
    done = nabla("run", "--output", "taken", "a.ipynb", cwd=tmp_path, code=2)
    assert "taken: Not a directory" in done.stderr and (tmp_path / "taken").read_text() == "mine"


def test_a_failing_cell_ends_with_1_and_keeps_the_outputs_so_far(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print('before')", "no_such_name", "print('after')", path=path)
    done = nabla("run", "--in-place", path, code=1)
    assert "NameError" in done.stderr
    assert "no_such_name" in done.stderr
    assert "cell 2 failed" in done.stderr
    kinds = texts(read(path))
    assert [kind for kind, _ in kinds] == ["stdout", "NameError"]


def test_tags(tmp_path):
    path = tmp_path / "a.ipynb"
    make(
        ("print('skipped')", ["skip-execution"]), ("no_such_name", ["raises-exception"]), "print(1)",
        path=path,
    )  # fmt: skip
    nabla("run", "--in-place", path)
    assert [kind for kind, _ in texts(read(path))] == ["NameError", "stdout"]


def test_each_file_has_a_session_of_its_own(tmp_path):
    make("x = 1", path=tmp_path / "a.ipynb")
    make("x", path=tmp_path / "b.ipynb")
    done = nabla("run", tmp_path / "a.ipynb", tmp_path / "b.ipynb", code=1)
    assert "NameError" in done.stderr


def test_a_notebook_runs_in_its_folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mine.nabla").write_text("value = 7\n")
    make("import mine\nprint(mine.value)", path=tmp_path / "sub" / "a.ipynb")
    assert "7\n" in nabla("run", "sub/a.ipynb", cwd=tmp_path).stdout


def test_a_script_prints_what_it_prints(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text(TABLE + "\nprint(x.grad)\nprint('aside', file=stderr)\n")
    done = nabla("run", script)
    assert done.stdout == "4\n"
    assert done.stderr == "aside\n"
    assert "x * y" in nabla("run", "--tables", script).stdout


def test_a_failing_script_ends_with_1(tmp_path):
    script = tmp_path / "a.nabla"
    script.write_text("print(1)\nno_such_name\n")
    done = nabla("run", script, code=1)
    assert done.stdout == "1\n"
    assert "NameError" in done.stderr
    assert "a.nabla" in done.stderr


def test_an_interrupt_ends_the_cell_and_the_run(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print('started')\nwhile True:\n    pass", "print('never')", path=path)
    process = subprocess.Popen(
        [BINARY, "run", "--in-place", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if line == "started\n":
            break
    process.send_signal(signal.SIGINT)
    shown, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "KeyboardInterrupt" in errors
    assert "never" not in shown.replace("print('never')", "")
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "KeyboardInterrupt"]
