"""Every notebook of the project, run by Jupyter's own tools and by ours."""

import subprocess
import sys

import nbclient
import nbformat
import pytest
from conftest import nabla
from notebooks import NOTEBOOKS, read, texts

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS]
)


def test_there_are_notebooks():
    assert "tour" in [path.stem for path in NOTEBOOKS]


@each_notebook
def test_nbconvert_executes(path, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute",
         "--output-dir", tmp_path, path],
        check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    executed = read(tmp_path / path.name)
    assert not [kind for kind, _ in texts(executed) if kind.endswith("Error")]


@each_notebook
def test_nbclient_and_run_show_the_same(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    nbformat.validate(notebook)
    nabla("run", "--quiet", "--output", tmp_path / "run.ipynb", path)
    assert texts(read(tmp_path / "run.ipynb")) == texts(notebook)


@each_notebook
def test_stored_outputs_are_those_of_a_run(path, tmp_path):
    nabla("run", "--quiet", "--output", tmp_path / "run.ipynb", path)
    assert texts(read(tmp_path / "run.ipynb")) == texts(read(path))
