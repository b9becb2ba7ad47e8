"""What `nabla run` writes for other programs: JUnit's XML, lines of JSON, GitHub's annotations."""

import json
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from conftest import nabla
from notebooks import make, read

FAILING = "print('bell \\x07 and \\x1b[31mred\\x1b[0m <&>\"]]>\\r')\nraise ValueError('odd \\x00\\x0b <b>')"


@pytest.fixture
def folder(tmp_path):
    make("x = 3\nbackward(x * x)", FAILING, "print('never')", path=tmp_path / "a.ipynb")
    make(("1", ["skip-execution"]), ("no_such_name", ["raises-exception"]), "pi / 3",
         path=tmp_path / "b.ipynb")  # fmt: skip
    (tmp_path / "c.ipynb").write_text("{")
    return tmp_path


def test_junit_has_a_case_for_each_cell(folder):
    nabla("run", "--junit", "results.xml", "a.ipynb", "b.ipynb", "c.ipynb", code=2, cwd=folder)
    root = ElementTree.parse(folder / "results.xml").getroot()
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7", "failures": "1", "errors": "1", "skipped": "2",
    }  # fmt: skip
    assert [suite.get("name") for suite in root] == ["a.ipynb", "b.ipynb", "c.ipynb"]
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    failure = cases["a.ipynb", "cell 2: print('bell \\x07 and \\x1b[31mred\\x1b[0m <&>\"]]>\\r')"].find("failure")
    assert failure.get("type") == "ValueError"
    assert "odd \ufffd\ufffd <b>" in failure.get("message")
    assert "Cell In[2], line 2" in failure.text
    shown = cases["a.ipynb", "cell 2: print('bell \\x07 and \\x1b[31mred\\x1b[0m <&>\"]]>\\r')"].find("system-out")
    assert shown.text == 'bell \ufffd and red <&>"]]>\r\n'
    assert cases["a.ipynb", "cell 3: print('never')"].find("skipped") is not None
    assert cases["b.ipynb", "cell 1: 1"].find("skipped") is not None
    assert list(cases["b.ipynb", "cell 2: no_such_name"]) == []
    assert float(cases["b.ipynb", "cell 3: pi / 3"].get("time")) >= 0
    assert "not a notebook" in cases["c.ipynb", "the file"].find("error").get("message")
    for suite in root:
        assert int(suite.get("tests")) == len(suite)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_of_json_for_each_cell(folder):
    done = nabla("run", "--json", "a.ipynb", "b.ipynb", code=1, cwd=folder)
    cells = {(cell["file"], cell["cell"]): cell for cell in lines(done.stdout)}
    assert {place: cell["status"] for place, cell in cells.items()} == {
        ("a.ipynb", 1): "passed", ("a.ipynb", 2): "failed", ("a.ipynb", 3): "not-run",
        ("b.ipynb", 1): "skipped", ("b.ipynb", 2): "allowed-error", ("b.ipynb", 3): "passed",
    }  # fmt: skip
    first = cells["a.ipynb", 1]
    assert first["id"] == read(folder / "a.ipynb").cells[0].id
    assert first["tables"][0]["data"][0]["gradient"] == 6
    assert first["seconds"] > 0 and first["started"].endswith("Z")
    failed = cells["a.ipynb", 2]
    assert failed["error"]["name"] == "ValueError" and failed["error"]["message"] == "odd \x00\x0b <b>"
    assert "\x1b" not in "".join(failed["error"]["traceback"])
    assert cells["b.ipynb", 3]["execution_count"] == 2
    assert "2 files" in done.stderr, "the output is for programs alone"


def test_cells_are_counted_alike_everywhere(tmp_path):
    """By their place among all cells from 1, also behind text, and not by what ran."""
    path = tmp_path / "a.ipynb"
    notebook = make("x = 3", "no_such_name")
    notebook.cells[1:1] = [nbformat.v4.new_markdown_cell("text"), nbformat.v4.new_code_cell("")]
    nbformat.write(notebook, path)
    done = nabla("run", "--quiet", "--github", "--json=lines", "--junit=cases.xml", path, code=1, cwd=tmp_path)
    assert "cell 4 failed: NameError" in done.stderr
    assert "title=cell 4%3A NameError::" in done.stdout
    assert [line["cell"] for line in lines((tmp_path / "lines").read_text())] == [1, 4]
    cases = ElementTree.parse(tmp_path / "cases.xml").getroot().iter("testcase")
    assert [case.get("name") for case in cases] == ["cell 1: x = 3", "cell 4: no_such_name"]
    nabla("run", "--in-place", "--quiet", "--keep-going", path, code=1)
    path.write_text(path.read_text().replace("x = 3", "x = 4; x"))
    done = nabla("check", path, code=1)
    assert done.stdout.splitlines()[2].split("│")[0].strip() == "1"
    assert "1 of 2 code cells differs" in done.stderr


def test_lines_of_json_go_to_a_file_as_files_end(folder):
    shown = nabla("run", f"--json={folder}/cells.jsonl", folder / "b.ipynb").stdout
    assert "all well" in shown
    assert len(lines((folder / "cells.jsonl").read_text())) == 3


def test_each_attempt_has_its_lines(folder):
    done = nabla("run", "--retries", "1", "--json", "a.ipynb", code=1, cwd=folder)
    assert [(cell["attempt"], cell["cell"]) for cell in lines(done.stdout)] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3),
    ]  # fmt: skip


def test_github_is_told_the_line_of_the_file(folder):
    done = nabla("run", "--quiet", "--github", "a.ipynb", "b.ipynb", code=1, cwd=folder)
    (annotation,) = [line for line in done.stdout.split("\n") if line.startswith("::")]
    head, message = annotation[2:].split("::", 1)
    assert head.startswith("error file=a.ipynb,line=")
    line = int(head.split("line=")[1].split(",")[0])
    assert "raise ValueError" in (folder / "a.ipynb").read_text().splitlines()[line - 1]
    assert message.startswith("ValueError: odd") and "%0A" in message and "\x1b" not in message


def test_github_is_told_the_path_from_the_root_of_the_repository(folder, monkeypatch):
    (folder / "repo").symlink_to(".")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.ipynb").symlink_to("../a.ipynb")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "repo"))

    def paths(*files, cwd):
        done = nabla("run", "--quiet", "--github", *files, code=1, cwd=cwd)
        return [line.split("file=")[1].split(",")[0] for line in done.stdout.split("\n") if line.startswith("::")]

    assert paths("../a.ipynb", cwd=folder / "sub") == ["a.ipynb"]
    assert paths("./b.ipynb", cwd=folder / "sub") == ["sub/b.ipynb"]
    assert paths(folder / "a.ipynb", cwd="/") == ["a.ipynb"]
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "sub"))
    assert paths("a.ipynb", cwd=folder) == ["a.ipynb"], "it stands outside"


@pytest.mark.parametrize("arguments, told", [([], True), (["--no-github"], False)])
def test_on_github_itself_annotations_come_unasked(folder, monkeypatch, arguments, told):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = nabla("run", "--quiet", *arguments, folder / "a.ipynb", code=1)
    assert ("::error" in done.stdout) == told


def test_a_report_that_cannot_be_written_is_told_before_anything_runs(folder):
    for option in ("--junit=no/such/x.xml", "--json=no/such/x.jsonl"):
        done = nabla("run", option, "a.ipynb", code=2, cwd=folder)
        assert "No such file" in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "-q", "--junit", "a.ipynb", "b.ipynb"], "no report ends in .ipynb"),
        (["run", "-q", "--json=a.ipynb", "b.ipynb"], "no report ends in .ipynb"),
        (["run", "--junit", "b.ipynb", "b.ipynb"], "no report ends in .ipynb"),
        (["check", "--junit=new.nabla", "b.ipynb"], "no report ends in .nabla"),
        (["check", "--junit", "link.xml", "b.ipynb"], "link.xml, which is a file of the run"),
        (["run", "--json=values.yaml", "-f", "./values.yaml", "b.ipynb"], "which is a file of parameters"),
        (["run", "--json=out/../x.xml", "--junit", "x.xml", "b.ipynb"], "which is the file of --json"),
        (["run", "--output", "", "b.ipynb"], "--output takes the name of a file, and this one is empty"),
        (["run", "--junit", "", "b.ipynb"], "--junit takes the name of a file, and this one is empty"),
        (["check", "--junit", "", "b.ipynb"], "--junit takes the name of a file, and this one is empty"),
        (["run", "--parameters", "", "b.ipynb"], "--parameters takes the name of a file, and this one is empty"),
        (["run", ""], "is empty"),
        (["check", "b.ipynb", ""], "is empty"),
    ],
)
def test_a_path_that_would_cost_a_file_is_refused_and_nothing_runs(folder, arguments, message):
    (folder / "out").mkdir()
    (folder / "link.xml").symlink_to("b.ipynb")
    (folder / "values.yaml").write_text("a: 1\n")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = nabla(*arguments, code=2, cwd=folder)
    assert message in done.stderr and done.stdout == ""
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("output", ["--json", "--json=/dev/stdout", "--junit=/dev/stdout"])
def test_nothing_else_goes_where_a_report_goes(folder, output):
    for name, code in [("a.ipynb", 1), ("b.ipynb", 0)]:
        done = nabla("run", output, name, code=code, cwd=folder)
        assert "[1]" not in done.stderr, "the cells are not shown"
        assert ("ValueError: odd" in done.stderr) == (code == 1)
        shown = nabla("run", output, "--show", name, code=code, cwd=folder)
        assert "[1]" in shown.stderr
        for text in (done.stdout, shown.stdout):
            if "json" in output:
                assert len(lines(text)) == 3
            else:
                assert ElementTree.fromstring(text).get("tests") == "3"
    (folder / "s.nabla").write_text("print('said')\n")
    done = nabla("run", "--json", "s.nabla", cwd=folder)
    assert [line["stdout"] for line in lines(done.stdout)] == ["said\n"]
    assert done.stderr == ""
