"""Parameters of notebooks: what papermill does with the same words, files and notebooks."""

import json
import random
import re
import subprocess
import sys

import nbformat
import pytest
import yaml
from conftest import nabla
from notebooks import make, read, texts

WORDS = {
    "steps": "10", "rate": "-0.5", "small": "1e-3", "on": "True", "off": "False", "none": "None",
    "name": "relu", "quoted": 'a "b" \\c', "accent": "é€😀", "lower": "true", "space": "a b",
    "grouped": "1_000", "padded": " 7 ", "signed": "+7", "nan": "nan", "limit": "-inf",
    "empty": "", "point": ".5", "big": "123456789012345678901234567890", "sixteen": "0x10",
}  # fmt: skip


def papermill(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", *map(str, arguments)],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def code(notebook):
    """The sources of the cells with their tags."""
    return [(cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def assert_same_injection(tmp_path, path, *arguments):
    """Gives a notebook its parameters by papermill and here; the cells must be the same."""
    nabla("run", "--quiet", "--output", tmp_path / "ours.ipynb", *arguments, path)
    theirs = [str(word).replace("--parameters", "-f") for word in arguments]
    papermill("-k", "nabla", "-l", "python", "--prepare-only", *theirs, path, tmp_path / "theirs.ipynb")
    assert code(read(tmp_path / "ours.ipynb")) == code(read(tmp_path / "theirs.ipynb"))


def pairs(words):
    return [part for name, value in words.items() for part in ("-p", name, value)]


@pytest.mark.parametrize("place", ["tagged", "top", "injected"])
def test_papermill_injects_the_same_cell_at_the_same_place(tmp_path, place):
    path = tmp_path / "a.ipynb"
    cells = ["1", ("steps = 1", ["parameters"]), "2", ("steps = 2", ["injected-parameters"]), "3"]
    keeps = {"tagged": [0, 1, 2, 4], "top": [0, 2, 4], "injected": [0, 1, 2, 3, 4]}[place]
    make(*[cells[index] for index in keeps], path=path)
    assert_same_injection(tmp_path, path, *pairs(WORDS), "-r", "raw", "7")


def test_a_file_of_yaml_says_the_same_to_both(tmp_path):
    path = tmp_path / "a.ipynb"
    make("1", path=path)
    values = {
        "steps": 3, "rate": 0.25, "flag": True, "none": None, "text": "a\nb", "numbers": [1, 2.5],
        "nested": {"a": [True, {"b": "c"}]}, "digits": "10", "minus": -4, "word": "yes",
    }  # fmt: skip
    for name, text in [("p.yaml", yaml.safe_dump(values)), ("p.json", json.dumps(values))]:
        (tmp_path / name).write_text(text)
        assert_same_injection(tmp_path, path, "--parameters", tmp_path / name, "-p", "steps", "4")
    assert "steps = 4\n" in read(tmp_path / "ours.ipynb").cells[0].source


def test_the_values_are_those_that_the_cells_see(tmp_path):
    path = tmp_path / "a.ipynb"
    make(("rate = 1.0\nname = 'x'", ["parameters"]), "print(rate * 2, name, missing, flag)", path=path)
    before = path.read_bytes()
    done = nabla("run", "--quiet", "-o", tmp_path / "b.ipynb", "-p", "rate", "-0.25", "-r", "name", "7",
                 "-p", "missing", "nan", "-p", "flag", "None", path)  # fmt: skip
    assert texts(read(tmp_path / "b.ipynb"))[-1] == ("stdout", "-0.5 7 nan None\n")
    assert "does not assign missing" in done.stderr and "does not assign rate" not in done.stderr
    assert path.read_bytes() == before


def test_papermill_runs_a_notebook_with_parameters_on_the_kernel(tmp_path):
    path = tmp_path / "a.ipynb"
    make(("rate = 1.0\nflag = 0\nvalues = 0", ["parameters"]), "print(rate * 2, flag, values)", path=path)
    (tmp_path / "p.yaml").write_text("flag: yes\nvalues: [1, 2.5, null]\n")
    papermill("-k", "nabla", "-l", "python", "-p", "rate", "-0.25", "-f", tmp_path / "p.yaml",
              path, tmp_path / "b.ipynb")  # fmt: skip
    assert texts(read(tmp_path / "b.ipynb"))[-1] == ("stdout", "-0.5 True [1, 2.5, None]\n")
    again = nabla("run", "--quiet", "--in-place", "-p", "rate", "3", "-p", "flag", "0", "-p", "values",
                  "1", tmp_path / "b.ipynb")  # fmt: skip
    assert again.stderr == ""
    notebook = read(tmp_path / "b.ipynb")
    assert texts(notebook)[-1] == ("stdout", "6 0 1\n")
    assert sum("injected-parameters" in tags for _, tags in code(notebook)) == 1


def test_a_second_run_with_the_same_values_changes_nothing(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print(steps)", path=path)
    nabla("run", "--quiet", "--in-place", "-p", "steps", "3", path)
    before = path.read_bytes()
    nabla("run", "--quiet", "--in-place", "-p", "steps", "3", path)
    assert path.read_bytes() == before
    notebook = nbformat.reads(before.decode(), as_version=4)
    nbformat.validate(notebook)
    nbformat.write(notebook, tmp_path / "b.ipynb")
    assert (tmp_path / "b.ipynb").read_bytes() == before, "Jupyter writes the same bytes"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["-p", "a b", "1"], "'a b'"),
        (["--parameters", "missing.yaml"], "missing.yaml: No such file"),
        (["--parameters", "bad.yaml"], "bad.yaml: line 3"),
        (["--parameters", "list.yaml"], "names and their values"),
        (["--parameters", "empty.json"], "empty.json: the file is empty"),
        (["-p", "for", "3"], "'for' is a keyword"),
        (["-r", "None", "x"], "'None' is a keyword"),
        (["--parameters", "keyword.yaml"], "'while' is a keyword"),
    ],
)
def test_parameters_that_cannot_be_used_get_one_line(tmp_path, arguments, message):
    make("1", path=tmp_path / "a.ipynb")
    (tmp_path / "bad.yaml").write_text("a: 1\nb: [\n")
    (tmp_path / "list.yaml").write_text("- 1\n")
    (tmp_path / "empty.json").write_text("\n")
    (tmp_path / "keyword.yaml").write_text("while: 1\n")
    done = nabla("run", *arguments, "a.ipynb", code=2, cwd=tmp_path)
    assert message in done.stderr and done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_scripts_take_no_parameters(tmp_path):
    (tmp_path / "a.nabla").write_text("print(1)\n")
    done = nabla("run", "-p", "a", "1", tmp_path / "a.nabla", code=2)
    assert "only notebooks take parameters" in done.stderr and done.stdout == ""


NUMBERS = """
1_000 012 0o17 1:30 -1:30 +1:30 1:60 1:5 0:30 01:30 1:30.5 1:30:15.25 -190:20:30.15 0b11 -0b1_0 0x1F -0x_f 0x 0_
0__ 00 08 09.5 .5 -.5 +.5 ._5 5. 5_. 1_0.5_0 1.e+3 1.5e-3 +12 -12 +0 -0 -0.0 _1 1_ 1__0 .inf -.inf +.inf .NaN
0x1FFFFFFFFFFFFFFFFFFFF 07777777777777777777777777777777 1:2:3:4:5:6:7:8:9:10:11:12:13:14 1e e5 1.2.3 -1_2.3_4
1_2:30 1:03 1:3_ -0777 +0b11 1:59 1_:3 0:30.5 0_7:30.5 2024-01-02 ١٢
"""


def yaml_words():
    """Words as people write them and as chance does, each a single word to PyYAML."""
    chance = random.Random(1)
    letters = ["0123456789_.:+-", "01x:_b7.e+f", "0123.e+-"]
    words = {"".join(chance.choices(chance.choice(letters), k=chance.randint(1, 7))) for _ in range(6000)}
    for word in [*NUMBERS.split(), *sorted(words)]:
        try:
            if isinstance(value := yaml.safe_load(word), int | float | str):
                yield word, value
        except (yaml.YAMLError, ValueError):
            pass


def test_numbers_of_yaml_are_those_of_pyyaml(tmp_path):
    """But for an exponent without a sign or a point before it, which PyYAML takes for a string."""
    path = tmp_path / "a.ipynb"
    make("1", path=path)
    expected = {}
    lines = []
    for place, (word, value) in enumerate(yaml_words()):
        if isinstance(value, str) and re.fullmatch(r"[-+]?\d[\d_]*(\.[\d_]*)?[eE][-+]?\d+|\.\d[\d_]*[eE][-+]?\d+", word, re.A):
            value = float(word.replace("_", ""))
        expected[f"v{place}"] = (word, value)
        lines.append(f"v{place}: {word}\n")
    assert len(expected) > 2000
    (tmp_path / "p.yaml").write_text("".join(lines))
    nabla("run", "--quiet", "--output", tmp_path / "out.ipynb", "--parameters", tmp_path / "p.yaml", path)
    ours = {}
    exec(read(tmp_path / "out.ipynb").cells[0].source, {}, ours)
    for name, (word, value) in expected.items():
        same = type(ours[name]) is type(value) and repr(ours[name]) == repr(value)
        close = isinstance(value, float) and isinstance(ours[name], float) and ours[name] == pytest.approx(value, rel=1e-15)
        assert same or close, f"{word}: {value!r} to PyYAML, {ours[name]!r} here"
