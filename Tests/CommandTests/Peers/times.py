"""Times headless runs side by side and prints a table: `python times.py [ROUNDS]`, no test.

`nabla run` executes the project's notebooks; `jupyter nbconvert --execute` executes one notebook of as
many trivial cells on ipykernel, so that what is compared is the runner and not the work of the cells.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("NABLA", ROOT / ".build" / "nabla")).resolve()
NOTEBOOKS = ROOT / "notebooks"


def trivial(cells, path):
    """A notebook for ipykernel whose cells do next to nothing."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(f"{number} + 1") for number in range(cells)]
    nbformat.write(notebook, path)


def seconds(command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def main(rounds):
    sources = [nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    cells = sum(cell.cell_type == "code" for notebook in sources for cell in notebook.cells)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "trivial.ipynb"
        trivial(cells, plain)
        convert = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "notebook",
                   "--output-dir", f"{folder}/out"]  # fmt: skip
        commands = {
            f"nabla run notebooks/ ({cells} cells)": [BINARY, "run", NOTEBOOKS],
            "nabla run --jobs 0 notebooks/": [BINARY, "run", "--jobs", "0", NOTEBOOKS],
            "nabla run --output notebooks/": [BINARY, "run", "--output", f"{folder}/out", NOTEBOOKS],
            "nabla check notebooks/": [BINARY, "check", NOTEBOOKS],
            f"nbconvert --execute, ipykernel ({cells} trivial cells)": [*convert, plain],
        }
        times = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    slowest = max(medians.values())
    print(f"medians of {rounds} rounds, one after the other in turn\n")
    print(f"{'command':56} {'median':>9} {'least':>9} {'most':>9} {'faster':>8}")
    for name, values in times.items():
        print(
            f"{name:56} {medians[name]:7.3f} s {min(values):7.3f} s {max(values):7.3f} s "
            f"{slowest / medians[name]:7.1f}×"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
