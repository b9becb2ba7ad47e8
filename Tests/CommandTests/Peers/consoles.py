"""Consoles for tests: a fixture that starts them, and what is done with each."""

import pytest
from conftest import BINARY
from screens import Screen


@pytest.fixture
def console(tmp_path):
    """Starts consoles, which share a history; each waits for its prompt."""
    started = []

    def start(*arguments, columns=80, lines=24, **environment):
        environment.setdefault("NABLA_HISTORY", str(tmp_path / "history.sqlite"))
        environment.setdefault("HOME", str(tmp_path))
        screen = Screen([BINARY, "repl", *arguments], columns, lines, **environment)
        started.append(screen)
        screen.wait_for(">>>")
        return screen

    yield start
    for screen in started:
        screen.close()


def leave(screen):
    screen.send("\x04")
    assert screen.wait_for_end() == 0


def run(screen, line):
    """Runs a line, and waits for the prompt below what it shows."""
    screen.send(line + "\r")
    screen.wait(
        lambda: f">>> {line}" in screen.lines[:-1] and screen.lines[-1] == ">>>", f"the end of {line}"
    )
