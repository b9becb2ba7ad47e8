"""`nabla doctor`: what it says of installations that are whole, and of broken ones; its mends mend."""

import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pexpect
import pytest
from conftest import BINARY, nabla

PLAIN_PATH = "/usr/bin:/bin"
WITH_JUPYTER = f"{Path(sys.executable).parent}:{PLAIN_PATH}"
CHECKS = [
    "kernelspec", "jupyter", "libzmq", "OpenBLAS", "zlib", "libyaml", "libedit", "history", "Graphviz",
    "runtime", "kernel",
]  # fmt: skip


class Place:
    """A user's folders of their own, and what the doctor says there."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.spec = self.data / "kernels" / "nabla" / "kernel.json"
        self.binary = self.data / "kernels" / "nabla" / "bin" / "nabla"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.environment = {
            "PATH": PLAIN_PATH, "HOME": str(folder / "home"), "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "TMPDIR": str(self.temporary),
            "XDG_DATA_HOME": str(folder / "xdg"), "IPYTHONDIR": str(folder / "ipython"),
        }  # fmt: skip

    def install(self, *arguments):
        nabla("install", *arguments, env=self.environment)
        return self

    def doctor(self, code=0, **variables):
        """The findings of each check, as pairs of status and text."""
        done = nabla("doctor", "--json", code=code, env={**self.environment, **variables})
        report = json.loads(done.stdout)
        assert report["ok"] == (code == 0) and done.stderr == ""
        assert list(dict.fromkeys(each["check"] for each in report["findings"])) == CHECKS
        for each in report["findings"]:
            assert (each["mend"] is None) == (each["status"] == "ok"), each
        assert list(self.temporary.iterdir()) == [], "something was left behind"
        self.findings = report["findings"]
        return self

    def finding(self, check, number=0):
        each = [each for each in self.findings if each["check"] == check][number]
        return each["status"], each["detail"], each["mend"]

    def has(self, check, status, *words, mend=""):
        found, detail, advice = self.finding(check)
        assert found == status, detail
        for word in words:
            assert str(word) in detail
        assert mend in (advice or "")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_a_whole_installation_is_well(place):
    place.install().doctor(PATH=WITH_JUPYTER)
    place.has("kernelspec", "ok", place.spec.parent, "version")
    place.has("jupyter", "ok", "sees nabla")
    place.has("kernel", "ok", "the kernel nabla started in", "computed 1 + 1 in", "ended in")
    for check in ("libzmq", "zlib", "libyaml"):
        place.has(check, "ok", "version")
    place.has("libedit", "ok", "can be opened")
    place.has("OpenBLAS", "ok", "its products are right")
    place.has("history", "ok", "comes with the first cell")
    assert not (place.folder / "xdg").exists(), "the doctor's own cell was kept"


def test_without_an_installation_it_says_how_to_install(place):
    place.doctor(code=1)
    place.has("kernelspec", "fail", "not installed", mend="nabla install")
    place.has("kernel", "ok", "this program's kernel")
    place.install().doctor()


def missing(place):
    place.binary.unlink()


def not_executable(place):
    place.binary.chmod(0o644)


def not_json(place):
    place.spec.write_text('{"argv": [')


def not_utf8(place):
    place.spec.write_bytes(b"\xff\xfe")


def no_argv(place):
    place.spec.write_text('{"display_name": "Nabla", "language": "nabla"}')


def no_connection_file(place):
    place.spec.write_text(json.dumps({"argv": [str(place.binary), "kernel"], "language": "nabla"}))


def replaced(text):
    def replace(place):
        place.binary.unlink()
        place.binary.write_text(f"#!/bin/sh\n{text}\n")
        place.binary.chmod(0o755)

    return replace


@pytest.mark.parametrize(
    "damage, words",
    [
        (missing, "which does not exist"),
        (not_executable, "which is not executable"),
        (not_json, "kernel.json cannot be read"),
        (not_utf8, "kernel.json cannot be read"),
        (no_argv, "kernel.json has no argv that is a list of words"),
        (no_connection_file, "does not hand {connection_file}"),
        (replaced("exit 3"), "does not tell its version (exit code 3)"),
    ],
)
def test_a_broken_installation_is_told_and_mended(place, damage, words):
    place.install()
    damage(place)
    place.doctor(code=1)
    place.has("kernelspec", "fail", words, mend="nabla install")
    place.install().doctor()


def test_a_broken_specification_without_a_binary_may_be_anybodys(place):
    place.install()
    not_json(place)
    missing(place)
    place.doctor(code=1)
    place.has("kernelspec", "fail", mend=f"rm -r {place.spec.parent}, then nabla install")
    assert "another program's" in nabla("install", code=1, env=place.environment).stderr
    shutil.rmtree(place.spec.parent)
    place.install().doctor()


def test_another_version_is_a_warning(place):
    place.install()
    replaced(f'[ "$1" = --version ] && echo 0.0.9 || exec {BINARY} "$@"')(place)
    place.doctor()
    place.has("kernelspec", "warn", "version 0.0.9", mend="nabla install")
    place.has("kernel", "ok")


def test_another_build_of_the_same_version_is_a_warning(place):
    place.install()
    # What stands behind a program's end does not hinder it.
    with open(place.binary, "ab") as file:
        file.write(b"another")
    place.doctor().has("kernelspec", "warn", "another build", mend="nabla install")
    place.install().doctor().has("kernelspec", "ok")


def test_a_kernel_that_does_not_start_is_told_with_what_it_says(place):
    place.install()
    replaced(f'[ "$1" = --version ] && exec {BINARY} --version; echo no luck >&2; exit 7')(place)
    place.doctor(code=1)
    place.has("kernelspec", "warn", "another build")
    place.has("kernel", "fail", "ends at once, with 7", "no luck", mend="--log-level debug")


def test_of_two_of_one_name_the_second_does_not_count(place):
    other = place.folder / "env"
    place.install().install("--prefix", other)
    (other / "share/jupyter/kernels/nabla/bin/nabla").unlink()
    place.doctor(VIRTUAL_ENV=str(other))
    assert place.finding("kernelspec", 0)[0] == "ok"
    status, detail, mend = place.finding("kernelspec", 1)
    assert status == "warn" and "another of its name goes before it" in detail
    assert mend == f"nabla install --prefix {other}"
    # In a virtual environment its own kernel goes first.
    (other / "pyvenv.cfg").touch()
    place.doctor(code=1, VIRTUAL_ENV=str(other))
    assert place.finding("kernelspec", 0)[0] == "fail"


def test_kernels_under_other_names_are_looked_at_and_those_of_others_are_not(place):
    foreign = place.data / "kernels" / "other"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text('{"argv": ["/no/such", "{connection_file}"], "language": "c"}')
    (place.data / "kernels" / "stray").write_text("no folder")
    place.install("--name", "nabla-next").doctor()
    place.has("kernelspec", "ok", "nabla-next in")
    assert sum(each["check"] == "kernelspec" for each in place.findings) == 1
    (place.data / "kernels/nabla-next/bin/nabla").unlink()
    place.doctor(code=1)
    place.has("kernelspec", "fail", mend="nabla install --name nabla-next")


def test_without_jupyter_it_warns(place):
    folder = place.folder / "bin"
    folder.mkdir()
    place.install().doctor(PATH=str(folder))
    place.has("jupyter", "warn", "no jupyter on the PATH", mend="pip install jupyterlab")
    place.has("Graphviz", "warn", "no dot on the PATH", mend="apt install graphviz")
    (folder / "jupyter").write_text("#!/bin/sh\nexit 5\n")
    (folder / "jupyter").chmod(0o755)
    place.doctor(PATH=str(folder))
    place.has("jupyter", "warn", "ends with 5")
    (folder / "jupyter").write_text("#!/bin/sh\necho nothing\n")
    place.doctor(PATH=str(folder))
    place.has("jupyter", "warn", "no JSON")


def test_a_kernel_that_jupyter_does_not_see_is_a_fault(place):
    hidden = place.folder / "hidden"
    place.install("--prefix", hidden)
    place.doctor(code=1, PATH=WITH_JUPYTER, VIRTUAL_ENV=str(hidden))
    prefix = Path(sys.executable).parent.parent
    place.has("jupyter", "fail", "does not see", mend=f"nabla install --prefix {prefix}")


def test_the_runtime_folder_must_be_one_that_can_be_written(place):
    place.install()
    runtime = place.folder / "runtime"
    runtime.mkdir(mode=0o700)
    place.doctor()
    place.has("runtime", "ok", "yours alone")
    assert list(runtime.iterdir()) == []
    runtime.chmod(0o777)
    place.doctor()
    place.has("runtime", "warn", "others may put files", mend="chmod 700")
    runtime.rmdir()
    runtime.write_text("in its place")
    place.doctor(code=1)
    place.has("runtime", "fail", "is no folder")
    place.doctor(code=1, JUPYTER_RUNTIME_DIR=str(runtime / "below"))
    place.has("runtime", "fail", "cannot be made", mend="JUPYTER_RUNTIME_DIR")
    if os.geteuid() != 0:
        runtime.unlink()
        runtime.mkdir(mode=0o500)
        place.doctor(code=1)
        place.has("runtime", "fail", "no file can be written", mend="chmod")


@pytest.mark.parametrize("parent", ["/proc", "/proc/self", "/sys/kernel"])
def test_a_place_where_nothing_can_be_made_is_told(place, parent):
    """Also to root, whom rights do not hinder."""
    place.install().doctor(NABLA_HISTORY=f"{parent}/none/h.sqlite")
    place.has("history", "warn", "cannot be made", parent, mend="NABLA_HISTORY")
    place.doctor(NABLA_HISTORY=f"{parent}/h.sqlite")
    place.has("history", "warn", "cannot be made", parent, mend="NABLA_HISTORY")
    place.doctor(code=1, JUPYTER_RUNTIME_DIR=f"{parent}/none")
    place.has("runtime", "fail", "cannot be made", parent, mend="JUPYTER_RUNTIME_DIR")


def test_the_look_for_a_place_leaves_nothing(place):
    (place.folder / "there").mkdir()
    place.install().doctor(
        NABLA_HISTORY=str(place.folder / "there" / "none" / "h.sqlite"),
        JUPYTER_RUNTIME_DIR=str(place.folder / "there" / "no" / "runtime"),
    )
    place.has("history", "ok", "comes with the first cell")
    place.has("runtime", "ok", "comes with the first kernel")
    assert list((place.folder / "there").iterdir()) == []


def test_the_history_is_looked_at_and_left_alone(place):
    place.install()
    path = place.folder / "history.sqlite"
    path.write_bytes(b"no database at all" * 1000)
    before = path.read_bytes()
    place.doctor(NABLA_HISTORY=str(path))
    place.has("history", "warn", "is broken", path)
    assert path.read_bytes() == before
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE history (session integer, line integer, source text)")
        database.execute("INSERT INTO history VALUES (1, 1, 'x = 1')")
    place.doctor(NABLA_HISTORY=str(path))
    place.has("history", "ok", "is whole, 1 cell")
    place.doctor(NABLA_HISTORY=str(place.folder / "history.sqlite" / "below"))
    place.has("history", "warn", "cannot be made")
    place.doctor(NABLA_HISTORY="off")
    place.has("history", "ok", "in memory")


def test_without_a_place_for_files_no_kernel_is_tried(place):
    place.install()
    blocked = place.folder / "blocked"
    blocked.touch()
    place.doctor(code=1, TMPDIR=str(blocked))
    place.has("kernel", "fail", "was not started", "blocked")


def test_lines_for_people(place):
    text = nabla("doctor", code=1, env=place.environment).stdout
    assert "\x1b" not in text
    lines = text.splitlines()
    assert lines[0].startswith("fail  kernelspec  the kernel is not installed")
    assert lines[1].strip() == "mend: nabla install"
    warnings = sum(line.startswith("warn") for line in lines)
    assert lines[-1] == f"1 fault, {warnings} warning{'s' * (warnings != 1)}."
    place.install()
    console = pexpect.spawn(
        str(BINARY), ["doctor"], encoding="utf-8", timeout=60, env={**place.environment, "TERM": "xterm"}
    )
    console.expect(pexpect.EOF)
    console.close()
    assert console.exitstatus == 0
    assert "\x1b[32mok\x1b[0m" in console.before


def test_without_libedit_it_warns(place, tmp_path):
    for name in ["libedit.so.2", "libedit.so.0", "libedit.so"]:
        (tmp_path / name).write_bytes(b"")
    place.install().doctor(LD_LIBRARY_PATH=str(tmp_path))
    place.has("libedit", "warn", "cannot be opened", mend="apt install libedit2")
