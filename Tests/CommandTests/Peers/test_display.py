"""Displays that change: in stored notebooks as Jupyter stores them, and on terminals."""

import os
import re

import nbclient
import nbformat
import pexpect
import pytest
from conftest import BINARY, nabla
from notebooks import make, read

CELLS = {
    "updates within a cell": ["h = display(1, display_id=True)\nh.update(2)\nprint('x')\nh.update(3)"],
    "updates of an earlier cell": [
        "display(1, display_id='a')\nprint('between')\ndisplay(2, display_id='a')",
        "update_display(eye(2), display_id='a')",
        "update_display(5, display_id='none such')",
    ],
    "a display that was cleared": ["h = display(1, display_id=True)\nclear_output()\nh.update(2)\nprint('end')"],
    "a display in place of a cleared one": [
        "h = display(1, display_id=True)\nclear_output(wait=True)\nh.update(2)\ndisplay(3)\nh.update(4)"
    ],
    "cleared at once": ["print('a')\nclear_output()\nprint('b')"],
    "cleared by the next output": ["print('a')\nclear_output(wait=True)\nprint('b')\nprint('c')"],
    "never cleared": ["print('a')\nclear_output(wait=True)"],
    "cleared by an error": [("print('a')\nclear_output(wait=True)\n1 + None", ["raises-exception"])],
    "cleared by the result": ["print('a')\nclear_output(wait=True)\n7"],
    "cleared again and again": [
        "for i in range(5):\n    clear_output(wait=True)\n    display(HTML('<b>%d</b>' % i))\n    print(i)"
    ],
    "streams in turns": ["print('a')\nprint('b', file=stderr)\nprint('c')\nprint('d', end='')\nprint('e')"],
    "rich text": ["HTML('<b>x</b>')", "Latex(r'$x^2$')", "display(HTML('<i>1</i>'), Latex('$y$'))"],
    "a steered function": ["h = interact(lambda x: x * 2, x=(0, 8))"],
}


def without_joints(outputs):
    """Outputs as they are seen: neighbouring texts of one stream are one text."""
    joined = []
    for output in outputs:
        output = dict(output)
        if output["output_type"] == "stream" and joined and joined[-1].get("name") == output["name"]:
            joined[-1]["text"] += output["text"]
            continue
        if "data" in output:
            # A front end's own way to show it again; headless runs have none.
            output["data"] = {k: v for k, v in output["data"].items() if "widget" not in k}
        joined.append(output)
    return joined


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_a_headless_run_keeps_what_jupyter_keeps(tmp_path, cells):
    path = tmp_path / "a.ipynb"
    make(*cells, path=path)
    theirs = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(theirs, kernel_name="nabla", timeout=30).execute()
    nabla("run", "--in-place", path)
    for mine, other in zip(read(path).cells, theirs.cells):
        expected = without_joints(other.outputs)
        if "interact" in mine.source:
            expected = [{**output, "data": {"text/plain": "8"}} for output in expected]
        assert without_joints(mine.outputs) == expected


# Terminals


def screen(text, height=24):
    """The lines that a terminal shows after a text with the few escapes that move about."""
    lines, row, column = [""], 0, 0
    pattern = re.compile(r"\x1b\[(\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")
    for match in pattern.finditer(text):
        part, (number, command) = match[0], match.groups()
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif command == "A":
            assert int(number) < height, "goes above the screen"
            row = max(0, row - int(number))
        elif command == "J":
            del lines[row + 1 :]
            lines[row] = lines[row][:column]
        elif command == "K":
            lines[row] = lines[row][:column]
        elif not command:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + part + line[column + len(part) :]
            column += len(part)
    return "\n".join(lines).rstrip("\n").split("\n")


def on_terminal(tmp_path, code, width=80, **env):
    (tmp_path / "a.nabla").write_text(code)
    env = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], **env}
    console = pexpect.spawn(
        str(BINARY), ["run", str(tmp_path / "a.nabla")], encoding="utf-8", timeout=30,
        dimensions=(24, width), env=env,
    )  # fmt: skip
    text = console.read()
    console.close()
    return text


LOOP = "import time\nfor i in progress(range(30), desc='train'):\n    time.sleep(0.02)\n"


def test_a_bar_rewrites_its_line(tmp_path):
    text = on_terminal(tmp_path, LOOP + "print('end')")
    bar, end = screen(text)
    assert bar.startswith("train 100% ━") and "30/30" in bar and end == "end"
    assert text.count("train") >= 4


def test_text_stands_above_the_bar(tmp_path):
    code = LOOP.replace("time.sleep(0.02)", "time.sleep(0.02)\n    if i % 10 == 0: print('at', i)")
    assert screen(on_terminal(tmp_path, code))[:3] == ["at 0", "at 10", "at 20"]
    assert len(screen(on_terminal(tmp_path, code))) == 4


def test_bars_in_bars_take_one_line_each(tmp_path):
    lines = screen(
        on_terminal(
            tmp_path,
            "import time\nfor a in progress(range(3), desc='outer'):\n"
            "    for b in progress(range(5), desc='inner'):\n        time.sleep(0.03)\n",
        )
    )
    assert [line.split("%")[0] for line in lines] == ["outer 100", "inner 100"]


def test_a_bar_that_is_left_stands_before_the_error(tmp_path):
    lines = screen(on_terminal(tmp_path, "for i in progress(range(8)):\n    if i == 4: 1 + None"))
    assert "4/8" in lines[0] and "stopped" in lines[0]
    assert "TypeError" in lines[1]


def test_a_narrow_terminal_cuts_the_bar(tmp_path):
    (line,) = screen(on_terminal(tmp_path, LOOP, width=30))
    assert len(line) == 29


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": ""}])
def test_a_terminal_that_cannot_move_gets_the_last_state_alone(tmp_path, env):
    text = on_terminal(tmp_path, LOOP, **env)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 1 and "30/30" in text


def test_no_color_has_no_colours_and_still_a_bar(tmp_path):
    text = on_terminal(tmp_path, LOOP, NO_COLOR="1")
    assert not re.search(r"\x1b\[[\d;]*m", text)
    assert text.count("train") >= 4 and len(screen(text)) == 1


def test_without_a_terminal_the_last_state_goes_to_the_error_stream(tmp_path):
    (tmp_path / "a.nabla").write_text(LOOP + "print('end')")
    done = nabla("run", tmp_path / "a.nabla")
    assert done.stdout == "end\n"
    assert re.fullmatch(r"train 100% ━+ 30/30, 0:0\d, \S+/s\n", done.stderr)


def test_a_display_that_is_the_newest_is_rewritten(tmp_path):
    text = on_terminal(
        tmp_path,
        "h = display(eye(3), display_id=True)\nh.update(eye(2))\nh.update(eye(2) * 7)\nprint('end')",
    )
    assert screen(text) == ["[[7 0]", " [0 7]]", "end"]


def test_a_display_above_other_text_is_shown_anew_at_the_end(tmp_path):
    text = on_terminal(tmp_path, "h = display(1, display_id=True)\nprint('a')\nh.update(2)\nh.update(3)")
    assert screen(text) == ["1", "a", "3"]


def test_a_notebook_on_a_terminal_shows_its_bars(tmp_path):
    path = tmp_path / "a.ipynb"
    make(LOOP, path=path)
    env = {"TERM": "xterm", "PATH": os.environ["PATH"]}
    console = pexpect.spawn(
        str(BINARY), ["run", "--in-place", str(path)], encoding="utf-8", timeout=30, env=env
    )
    lines = screen(console.read())
    assert sum("train" in line for line in lines) == 2, lines
    (output,) = read(path).cells[0].outputs
    assert output.output_type == "display_data"
    assert "30/30" in output.data["text/plain"] and "text/html" in output.data
