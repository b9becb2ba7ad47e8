"""The kernel, installed from the release binary into a Jupyter of its own.

Nothing of the user's own Jupyter is read or written, and no test may be skipped: a peer's test that is
skipped for want of a sample would say nothing. Only what needs a large program of another kind, such as
TeX, is left out where that is not installed; its mark `needs` names the program.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("NABLA", ROOT / ".build" / "nabla")).resolve()


@pytest.fixture(scope="session", autouse=True)
def jupyter(tmp_path_factory):
    """Installs the kernel and makes it the one that Jupyter finds; gives the folder of it all."""
    assert BINARY.exists(), f"{BINARY} is missing: `make build` makes it"
    folder = tmp_path_factory.mktemp("jupyter")
    places = {
        "HOME": "home",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_CONFIG_DIR": "config",
        "IPYTHONDIR": "ipython",
        "XDG_DATA_HOME": "xdg-data",
        "XDG_STATE_HOME": "xdg-state",
    }
    for name, place in places.items():
        (folder / place).mkdir()
        os.environ[name] = str(folder / place)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in ("NO_COLOR", "FORCE_COLOR", "JUPYTER_PATH", "NABLA_HISTORY", "GITHUB_ACTIONS", "GITHUB_WORKSPACE"):
        os.environ.pop(name, None)
    nabla("install")
    return folder


def nabla(*arguments, code=0, **options):
    """Runs the command, checks its exit code and returns what it did."""
    done = subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=options.pop("stdin", subprocess.DEVNULL if "input" not in options else None),
        **options,
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*programs): left out where a program is not installed")


def missing_programs(item):
    """The programs that a test needs and that are not here."""
    mark = item.get_closest_marker("needs")
    return [program for program in mark.args if not shutil.which(program)] if mark else []


def pytest_runtest_setup(item):
    if missing := missing_programs(item):
        pytest.skip(f"{' and '.join(missing)} not installed")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and not missing_programs(item):
        report.outcome = "failed"
        report.longrepr = f"skipped, which no test here may be: {report.longrepr}"
