"""The runners of the ecosystem on every notebook of the project."""

import subprocess
import sys

import nbformat
import pytest
from conftest import nabla
from notebooks import NOTEBOOKS, make, read, texts

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS]
)


def run(*arguments, **options):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], capture_output=True, text=True, timeout=600, **options
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


FORMATS = [
    "html",
    pytest.param("latex", marks=pytest.mark.needs("pandoc")),
    pytest.param("pdf", marks=pytest.mark.needs("pandoc", "xelatex")),
]


@pytest.mark.parametrize("kind", FORMATS)
@each_notebook
def test_nbconvert_executes_to_a_document(path, tmp_path, kind):
    run("jupyter", "nbconvert", "--execute", "--to", kind, "--output-dir", tmp_path, path)
    (document,) = tmp_path.glob(f"{path.stem}.*")
    content = document.read_bytes()
    if kind == "pdf":
        assert content.startswith(b"%PDF")
    else:
        assert b"gradient" in content
        assert content.rstrip().endswith({"html": b"</html>", "latex": b"\\end{document}"}[kind])


@each_notebook
def test_papermill(path, tmp_path):
    run("papermill", "--no-progress-bar", "-k", "nabla", "-l", "python", path, tmp_path / "out.ipynb",
        cwd=path.parent)  # fmt: skip
    assert texts(read(tmp_path / "out.ipynb")) == texts(read(path))


def test_nbval_in_its_lax_mode(tmp_path):
    done = run("pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", *NOTEBOOKS, cwd=tmp_path)
    cells = sum(cell.cell_type == "code" for path in NOTEBOOKS for cell in read(path).cells)
    assert f"{cells} passed" in done.stdout


def test_nbmake(tmp_path):
    done = run("pytest", "-q", "-p", "no:cacheprovider", "--nbmake", *NOTEBOOKS, cwd=tmp_path)
    assert f"{len(NOTEBOOKS)} passed" in done.stdout


SCRIPT = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Nabla
#     language: python
#     name: nabla
# ---

# %% [markdown]
# # A circuit

# %%
x = 3
y = x * x
backward(y)

# %% tags=["raises-exception"]
no_such_name

# %%
print(x.grad)
"""


def test_jupytext_executes_a_script_in_percent_format(tmp_path):
    (tmp_path / "a.py").write_text(SCRIPT)
    run("jupytext", "--to", "ipynb", "--execute", "a.py", cwd=tmp_path)
    notebook = read(tmp_path / "a.ipynb")
    assert [kind for kind, _ in texts(notebook)] == ["execute_result", "NameError", "stdout"]
    assert texts(notebook)[-1] == ("stdout", "6\n")
    assert notebook.cells[0].cell_type == "markdown"


def test_a_notebook_of_the_oldest_format_4_is_run_and_stays_of_it(tmp_path):
    path = tmp_path / "a.ipynb"
    notebook = make("x = 3\nbackward(x * x)", "print('a')")
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
    nbformat.write(notebook, path, version=nbformat.NO_CONVERT)
    nabla("run", "--in-place", "-p", "steps", "3", path)
    executed = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(executed)
    assert (executed.nbformat, executed.nbformat_minor) == (4, 0)
    assert not any("id" in cell for cell in executed.cells)
