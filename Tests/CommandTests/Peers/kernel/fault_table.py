"""Makes every fault and prints what happened as a table in Markdown.

Usage: NABLA=path/to/nabla python fault_table.py
"""

import pathlib
import statistics
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


class Table:
    """Collects, for each fault, its cases and the time to the next good reply."""

    def __init__(self):
        self.rows = {}
        self.marks = {}

    def pytest_collection_modifyitems(self, items):
        for item in items:
            mark = item.get_closest_marker("fault")
            if mark:
                self.marks[item.nodeid] = mark.args

    def pytest_runtest_logreport(self, report):
        if report.when != "teardown" or report.nodeid not in self.marks:
            return
        row = self.rows.setdefault(self.marks[report.nodeid], {"tcp": [], "ipc": []})
        found = dict(report.user_properties)
        row[found["transport"]].append(found["milliseconds"])

    def print(self):
        print("| fault | what happened | cases | next good reply: tcp, median and worst | ipc |")
        print("|---|---|---|---|---|")
        for (made, happened), row in self.rows.items():
            times = [
                f"{statistics.median(row[t]):.1f} ms, {max(row[t]):.1f} ms" for t in ("tcp", "ipc")
            ]
            cases = len(row["tcp"]) + len(row["ipc"])
            print(f"| {made} | {happened} | {cases} | {times[0]} | {times[1]} |")


if __name__ == "__main__":
    table = Table()
    files = sorted(map(str, HERE.glob("test_fault_*.py")))
    options = ["-q", "-c", str(HERE / "pytest.ini"), *files, *sys.argv[1:]]
    code = pytest.main(options, plugins=[table])
    table.print()
    sys.exit(code)
