"""Notebooks for the tests: the project's own, and small ones that a test makes."""

import nbformat
from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def make(*cells, path=None, **metadata):
    """A notebook for Nabla of code cells; a cell is a source, or a source with its tags."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Nabla", "language": "nabla", "name": "nabla"},
            **metadata,
        }
    )
    for cell in cells:
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    if path:
        nbformat.write(notebook, path)
    return notebook


def read(path):
    """The notebook of a file, which must be valid."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def texts(notebook):
    """What the cells show as text: streams, displays, results, errors.

    A client that keeps each stream message for itself shows the same as one that joins them.
    """
    shown = []
    for cell in notebook.cells:
        joins = None
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                if joins == output.name:
                    shown[-1] = (output.name, shown[-1][1] + output.text)
                else:
                    shown.append((output.name, output.text))
                joins = output.name
                continue
            joins = None
            if output.output_type == "error":
                shown.append((output.ename, output.evalue))
            else:
                shown.append((output.output_type, output.data.get("text/plain")))
    return shown
