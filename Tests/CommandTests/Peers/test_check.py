"""`nabla check`: stored outputs against new ones, number by number."""

import base64
import json
import re
import subprocess
import zlib

import pytest
import yaml
from conftest import ROOT, nabla
from notebooks import NOTEBOOKS, make, read, texts

CELLS = [
    "x = array([1.0, 2.0, 4.0])\ny = sum(x * x)\nbackward(y)",
    "print('loss', 0.12345678, 'after', 3, 'steps')",
    "x / 3",
    "jacobian(relu)(linspace(-1, 1, 256))",
]
RESOURCE = "application/vnd.dataresource+json"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.ipynb"
    make(*CELLS, path=path)
    nabla("run", "--quiet", "--in-place", path)
    return path


def change(path, edit):
    """Changes the stored notebook."""
    notebook = json.loads(path.read_text())
    edit(notebook["cells"])
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def resource(cell):
    (table,) = [o["data"][RESOURCE] for o in cell["outputs"] if RESOURCE in o.get("data", {})]
    return table


def test_the_project_s_notebooks_are_as_stored():
    shown = nabla("check", ROOT / "notebooks").stdout
    assert shown.count("as stored") == len(NOTEBOOKS) + 1


def test_what_was_just_run_is_as_stored_and_stays_as_it_is(path):
    before = path.read_bytes()
    assert "4 code cells, as stored" in nabla("check", path).stdout
    assert path.read_bytes() == before


def test_what_jupyter_saved_with_widgets_is_as_stored(tmp_path):
    """There the views of widgets stand beside the text of what they show."""
    path = tmp_path / "a.ipynb"
    make(
        "def f(x=1.5):\n    print('moved')\n    y = x * x\n    backward(y)\n    return y",
        "interact(f, x=(0.5, 3.5, 0.5))", "def g(n=2):\n    return n / 4", "interact(g, n=(0, 9))\nprint('after')",
        path=path,
    )  # fmt: skip
    for source in (ROOT / "notebooks" / "tour.ipynb", path):
        saved = tmp_path / f"saved-{source.name}"
        subprocess.run(
            ["jupyter", "nbconvert", "--execute", "--to", "notebook", "--output", saved, source],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert "widget-view+json" in saved.read_text()
        assert "as stored" in nabla("check", saved).stdout
    change(saved, lambda cells: cells[3].update(source=cells[3]["source"][0].replace("0, 9", "4, 9")))
    done = nabla("check", saved, code=1)
    assert re.search(r"4 +│ text ", done.stdout)


def test_small_errors_are_none_and_large_ones_are_shown_with_their_place(path):
    def small(cells):
        rows = resource(cells[0])["data"]
        rows[0]["gradient"][1] = 4 + 1e-7
        rows[1]["value"] = 21 - 1e-6

    change(path, small)
    nabla("check", path)
    nabla("check", "--rtol", "1e-9", path, code=1)

    change(path, lambda cells: resource(cells[0])["data"][0]["gradient"].__setitem__(1, 4.5))
    done = nabla("check", path, code=1)
    row = [cell.strip() for cell in done.stdout.splitlines()[2].split("│")]
    assert row == ["1", "x", "gradient[1]", "4.5", "4", "0.111111"]
    assert "1 of 4 code cells differs" in done.stderr
    nabla("check", "--rtol", "0.2", path)
    nabla("check", "--atol", "0.6", path)


def test_texts_and_results_are_compared_by_their_numbers(path):
    def edit(cells):
        assert cells[1]["outputs"][0]["text"] == ["loss 0.12345678 after 3 steps\n"]
        cells[1]["outputs"][0]["text"] = ["loss   0.12345679 after 3 steps\n"]

    change(path, edit)
    nabla("check", path)
    change(path, lambda cells: cells[1]["outputs"][0].update(text="loss 0.12345678 after 4 steps\n"))
    assert re.search(r"2 +│ stdout +│ +│ 4 +│ 3 ", nabla("check", path, code=1).stdout)
    change(path, lambda cells: cells[1]["outputs"][0].update(text="gain 0.12345678 after 3 steps\n"))
    assert "gain" in nabla("check", path, code=1).stdout


def test_html_counts_execution_counts_and_ids_do_not_count(path):
    def edit(cells):
        for number, cell in enumerate(cells):
            cell["execution_count"] = 90 + number
            cell["id"] = f"other{number}"
            for output in cell["outputs"]:
                if "text/html" in output.get("data", {}):
                    output["data"]["text/html"] = "<b>old</b>"
                if output["output_type"] == "execute_result":
                    output["execution_count"] = 90 + number

    change(path, edit)
    nabla("check", path)


def test_a_cell_that_was_never_run_differs(path):
    change(path, lambda cells: cells[2].update(outputs=[], execution_count=None))
    assert re.search(r"3 +│ outputs +│ +│ 0 +│ 1 ", nabla("check", path, code=1).stdout)


def test_a_cell_whose_code_is_gone_differs_while_it_has_outputs(path):
    change(path, lambda cells: cells[1].update(source=["\n", "  "]))
    done = nabla("check", path, code=1)
    assert re.search(r"2 +│ outputs +│ +│ 1 +│ 0 ", done.stdout)
    assert "1 of 4 code cells" in done.stderr
    assert "1 accepted" in nabla("check", "--update", path).stdout
    assert json.loads(path.read_text())["cells"][1]["outputs"] == []
    assert "3 code cells, as stored" in nabla("check", path).stdout
    change(path, lambda cells: cells[0].update(source="no_such_name"))
    change(path, lambda cells: cells[2].update(source=""))
    assert "different" not in nabla("check", path, code=1).stdout, "the run ended before it"


def test_update_stores_what_differs_and_nothing_else(path):
    untouched = path.read_text()
    change(path, lambda cells: cells[1]["outputs"][0].update(text=["old\n"]))
    broken = path.read_text().replace('"text/html": [', '"text/html":  [')
    path.write_text(broken)
    done = nabla("check", "--update", path)
    assert "4 code cells, 1 accepted" in done.stdout
    assert path.read_text().replace('"text/html":  [', '"text/html": [') == untouched
    read(path)
    before = path.read_bytes()
    nabla("check", "--update", path)
    assert path.read_bytes() == before


def test_an_error_that_is_stored_is_the_same_and_another_fails(tmp_path):
    path = tmp_path / "a.ipynb"
    make("no_such_name", "print('after')", path=path)
    nabla("run", "--quiet", "--in-place", "--keep-going", path, code=1)
    nabla("check", path)
    change(path, lambda cells: cells[0].update(source="ones(3) @ ones(2)"))
    done = nabla("check", path, code=1)
    assert "NameError" in done.stdout and "ShapeError" in done.stdout
    change(path, lambda cells: cells[0].update(source="no_such_name", outputs=[]))
    before = path.read_bytes()
    done = nabla("check", "--update", path, code=1)
    assert "cell 1 failed: NameError" in done.stderr
    assert path.read_bytes() == before, "a failure is not taken as what is right"


def test_an_error_that_is_allowed_is_compared(tmp_path):
    path = tmp_path / "a.ipynb"
    make(("no_such_name", ["raises-exception"]), path=path)
    nabla("run", "--quiet", "--in-place", path)
    nabla("check", path)
    change(path, lambda cells: cells[0].update(source="x = 3"))
    assert "NameError" in nabla("check", path, code=1).stdout


def test_times_and_progress_do_not_count(tmp_path):
    path = tmp_path / "a.ipynb"
    make("%time x = 3", "%%timeit\n3 * 4", "for i in range(3):\n    print(f'{i}/3', end='\\r')\nprint('done')",
         "for i in progress(range(3)):\n    pass\nfor i in progress([1, 2]):\n    pass",
         path=path)  # fmt: skip
    nabla("run", "--quiet", "--in-place", path)
    change(path, lambda cells: cells[0]["outputs"][0].update(text="wall time: 9 s\n"))
    change(path, lambda cells: cells[2]["outputs"][0].update(text="0/9\r5/9\rdone\n"))
    for number in (0, 1):
        change(path, lambda cells: cells[3]["outputs"][number]["data"].update({"text/plain": "100% ━ 9/9"}))
    nabla("check", path)


def test_images_are_compared_by_their_pixels(tmp_path):
    """A picture that a program stored otherwise is the same picture."""
    path = tmp_path / "a.ipynb"
    make("x = 3", path=path)
    nabla("run", "--quiet", "--in-place", path)

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    def png(color, level):
        head = (2).to_bytes(4, "big") + (1).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
        data = zlib.compress(b"\0" + bytes(color) * 2, level)
        image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
        return base64.b64encode(image).decode()

    assert png((1, 2, 3), 0) != png((1, 2, 3), 9)
    # No cell gives a picture of one's own, so the stored form is seen to be asked for.
    change(path, lambda cells: cells[0]["outputs"].append(
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": png((1, 2, 3), 9)}}))  # fmt: skip
    assert re.search(r"1 +│ outputs +│ +│ 2 +│ 1 ", nabla("check", path, code=1).stdout)


def test_several_files_reports_and_exit_codes(tmp_path):
    make("1 + 1", path=tmp_path / "a.ipynb")
    make("2 + 2", path=tmp_path / "b.ipynb")
    nabla("run", "--in-place", tmp_path)
    change(tmp_path / "b.ipynb", lambda cells: cells[0]["outputs"][0]["data"].update({"text/plain": "5"}))
    done = nabla("check", "--json", "--junit", tmp_path / "r.xml", "--github", tmp_path, code=1)
    cells = [json.loads(line) for line in done.stdout.splitlines()]
    assert [cell["differences"] for cell in cells] == [
        [], [{"name": "text", "row": "", "stored": "5", "now": "4", "relative_error": 0.2}],
    ]  # fmt: skip
    assert 'failures="1"' in (tmp_path / "r.xml").read_text()
    assert "::error file=" in done.stderr and "cell 1 differs" in done.stderr
    assert "1 as stored, 1 different" in done.stderr
    (tmp_path / "c.ipynb").write_text("{")
    nabla("check", tmp_path, code=2)
    make("while True:\n    pass", path=tmp_path / "d.ipynb")
    nabla("check", "--timeout", "0.3", tmp_path, code=3)
    (tmp_path / "a.nabla").write_text("1\n")
    assert "only notebooks" in nabla("check", tmp_path / "a.nabla", code=2).stderr


def test_the_hook_for_pre_commit_names_the_command():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "nabla-check" and hook["language"] == "system"
    program, *arguments = hook["entry"].split()
    assert program == "nabla"
    shown = nabla(*arguments, *hook.get("args", []), NOTEBOOKS[0])
    assert "as stored" in shown.stdout
    assert re.search(hook["files"], "notebooks/a.ipynb") and not re.search(hook["files"], "a.py")


def test_texts_are_those_of_the_run_after_an_update(path):
    change(path, lambda cells: cells[2]["outputs"].clear())
    nabla("check", "--update", path)
    assert texts(read(path))[-2][0] == "execute_result"
