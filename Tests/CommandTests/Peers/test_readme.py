"""What README shows is what happens."""

import re

from conftest import ROOT, nabla

BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_first_cell_gives_the_table_that_is_shown():
    (kind, code), (shown, table) = BLOCKS[0], BLOCKS[1]
    assert (kind, shown) == ("python", "text")
    assert nabla("repl", input=code).stdout == table


def test_every_piece_of_code_runs(tmp_path):
    for number, (kind, code) in enumerate(BLOCKS):
        if kind == "python":
            script = tmp_path / f"{number}.nabla"
            script.write_text(code)
            assert nabla("run", script, cwd=tmp_path).stderr == ""


def test_every_command_of_the_table_exists():
    commands = set(re.findall(r"`nabla (\w+)", (ROOT / "README.md").read_text()))
    assert commands >= {"run", "repl", "install", "uninstall", "kernel"}
    for command in commands:
        assert nabla(command, "--help").stdout


def test_every_place_exists():
    places = re.findall(r"`((?:Sources|Tests|notebooks|kernelspec)/?[\w/]*)`", (ROOT / "README.md").read_text())
    assert len(places) > 10
    for place in places:
        assert (ROOT / place).exists(), place
