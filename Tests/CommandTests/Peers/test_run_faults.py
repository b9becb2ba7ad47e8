"""`nabla run` and `nabla check` with what is broken: files, disks, rights, and kills at any moment."""

import json
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from conftest import BINARY, nabla
from notebooks import make, read, texts

#: How often a run is killed; a hundred times is a good number for a long look.
KILLS = int(os.environ.get("NABLA_KILLS", "15"))

BROKEN = [
    ("a.ipynb", b"print(1)", "not a notebook"),
    ("a.ipynb", b"", "not a notebook: the file is empty"),
    ("a.ipynb", b" \n", "not a notebook: the file is empty"),
    ("a.ipynb", b"[" * 100_000, "deeper than"),
    ("a.ipynb", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no list of cells"),
    ("a.ipynb", b'{"nbformat": 3, "worksheets": []}', "nbformat 3"),
    ("a.ipynb", b'{"cells": ["\xff"]}', "UTF-8"),
    ("a.ipynb", b'\xef\xbb\xbf{"cells": []}', "byte order mark"),
    ("a.ipynb", None, "No such file"),
]


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("name, content, message", BROKEN)
def test_a_file_that_cannot_be_used_gets_one_line_and_2(tmp_path, command, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for options in [[], ["--timeout", "9"]]:
        done = nabla(command, *options, path, code=2)
        assert done.stdout == ""
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
    assert content is None or path.read_bytes() == content


@pytest.mark.parametrize(
    "name, content, message",
    [("a.nabla", b"print('\xff')", "UTF-8"), ("a.py", b"print(1)", ".nabla")],
)
def test_a_script_that_cannot_be_used_gets_one_line_and_2(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    done = nabla("run", tmp_path / name, code=2)
    assert done.stdout == "" and message in done.stderr and done.stderr.count("\n") == 1


def test_a_notebook_without_cells_is_well(tmp_path):
    path = tmp_path / "a.ipynb"
    make(path=path)
    before = path.read_bytes()
    assert "0 code cells, all well" in nabla("run", "--in-place", path).stdout
    nabla("check", path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_notebook_of_another_kernel_is_refused_unless_asked(tmp_path, command):
    path = tmp_path / "a.ipynb"
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    make("print(6 * 7)", path=path, kernelspec=python)
    before = path.read_bytes()
    done = nabla(command, path, code=2)
    assert "python" in done.stderr
    assert "--any-language" in done.stderr
    assert path.read_bytes() == before
    assert "42" in nabla("run", "--any-language", path).stdout


@pytest.mark.parametrize("options", [[], ["--timeout", "100s"]], ids=["here", "in a process"])
def test_an_output_of_a_hundred_megabytes(tmp_path, options):
    path = tmp_path / "a.ipynb"
    make("line = 'x' * 999999\nfor i in range(100):\n    print(line)", "1 + 1", path=path)
    nabla("run", "--quiet", "--in-place", "--max-output", "1G", *options, path)
    notebook = json.loads(path.read_text())
    assert sum(map(len, notebook["cells"][0]["outputs"][0]["text"])) == 100_000_000
    assert notebook["cells"][1]["outputs"][0]["data"]["text/plain"] == ["2"]
    nabla("check", "--max-output", "1G", path)


@pytest.mark.parametrize("options", [[], ["--timeout", "100s"]], ids=["here", "in a process"])
def test_limits_of_output_and_memory_end_the_cell_and_keep_what_it_showed(tmp_path, options):
    path = tmp_path / "a.ipynb"
    make("for i in range(100):\n    print('x' * 99)", path=path)
    done = nabla("run", "--quiet", "--in-place", "--max-output", "1K", *options, path, code=1)
    assert "cell 1 failed: OutputError" in done.stderr
    shown, (kind, _) = texts(read(path))
    assert len(shown[1]) == 1024 and kind == "OutputError"
    make("print('before')\nx = zeros((1000, 1000, 1000))", path=path)
    done = nabla("run", "--quiet", "--in-place", "--max-memory", "1G", *options, path, code=1)
    assert "cell 1 failed: MemoryError" in done.stderr
    assert [kind for kind, _ in texts(read(path))] == ["stdout", "MemoryError"]


def test_a_place_that_cannot_be_written_is_told_before_anything_runs(tmp_path):
    path = tmp_path / "a.ipynb"
    make("print('ran')", path=path)
    before = path.read_bytes()
    missing = tmp_path / "no" / "such" / "b.ipynb"
    done = nabla("run", "--output", missing, path, code=2)
    assert "No such file" in done.stderr and "ran" not in done.stdout
    folder = tmp_path / "out" / "a.ipynb"
    folder.mkdir(parents=True)
    done = nabla("run", "--output", f"{tmp_path}/out/", path, code=2)
    assert "Is a directory" in done.stderr and "ran" not in done.stdout
    assert path.read_bytes() == before


def test_without_the_right_to_write_the_file_stays(tmp_path):
    """Root may write everything, so the command runs as nobody."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        program = shutil.copy(BINARY, folder / "nabla")
        path = folder / "a.ipynb"
        make("print('ran')", path=path)
        before = path.read_bytes()
        options = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}

        def run():
            return subprocess.run(
                [program, "run", "--in-place", path], capture_output=True, text=True, timeout=60,
                stdin=subprocess.DEVNULL, **options,
            )  # fmt: skip

        for folder_mode, mode in [(0o777, 0o444), (0o555, 0o666)]:
            path.chmod(mode)
            folder.chmod(folder_mode)
            done = run()
            assert (done.returncode, done.stdout) == (2, "")
            assert "a.ipynb: Permission denied" in done.stderr
        path.chmod(0o000)
        assert "a.ipynb: Permission denied" in run().stderr
        path.chmod(0o644)
        assert path.read_bytes() == before
        folder.chmod(0o755)


@pytest.mark.parametrize("output", ["", "b.ipynb", "new/"])
def test_a_folder_without_the_right_to_write_is_told(output):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        program = shutil.copy(BINARY, folder / "nabla")
        make("print('ran')", path=folder / "a.ipynb")
        (folder / "out").mkdir(mode=0o555)
        options = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
        done = subprocess.run(
            [program, "run", "--output", f"{folder}/out/{output}", folder / "a.ipynb"], capture_output=True,
            text=True, timeout=60, stdin=subprocess.DEVNULL, **options,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert "Permission denied" in done.stderr
        assert list((folder / "out").iterdir()) == []


def test_owner_rights_and_links_stay(tmp_path):
    path = tmp_path / "real" / "a.ipynb"
    path.parent.mkdir()
    make("1 + 1", path=path)
    path.chmod(0o640)
    if os.getuid() == 0:
        os.chown(path, 65534, 65533)
    before = path.stat()
    link = tmp_path / "link.ipynb"
    link.symlink_to("real/a.ipynb")
    nabla("run", "--in-place", link)
    assert link.is_symlink() and os.readlink(link) == "real/a.ipynb"
    after = path.stat()
    assert texts(read(path)) == [("execute_result", "2")]
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


LONG = "for i in range(2000):\n    print('a long line of text', i)"


def test_a_file_that_may_not_grow_stays_as_it_was(tmp_path):
    path = tmp_path / "a.ipynb"
    make(LONG, path=path)
    before = path.read_bytes()

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = nabla("run", "--quiet", "--in-place", path, code=2, preexec_fn=limit)
    assert "too large" in done.stderr
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ipynb"]


def can_mount():
    """Whether this user can have mounts of its own."""
    program = shutil.which("unshare")
    return program is not None and subprocess.run([program, "-rm", "true"]).returncode == 0


@pytest.mark.needs(*([] if can_mount() else ["a private namespace of mounts is"]))
def test_a_disk_without_room_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "a.ipynb"
    make(LONG, path=path)
    disk = tmp_path / "disk"
    disk.mkdir()
    # The small disk is seen by these commands alone, so they also look at what is left on it.
    script = """
        mount -t tmpfs -o size=64k none "$2" && cp "$3" "$2" && cd "$2" || exit 99
        "$1" run --quiet --in-place a.ipynb
        code=$?
        cmp a.ipynb "$3" && test "$(ls -A)" = a.ipynb || exit 98
        exit $code
    """
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", BINARY, disk, path],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done
    assert "a.ipynb: No space left on device" in done.stderr


def has_nameless_files(folder):
    """Whether files here can be written before they have a name."""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
    except OSError:
        return False
    return True


def test_killed_at_any_moment_the_notebook_is_whole(tmp_path):
    path = tmp_path / "a.ipynb"
    make(*[f"for i in range(300):\n    print('line', i, {cell})" for cell in range(30)], path=path)
    durations = []
    for _ in range(3):
        start = time.monotonic()
        nabla("run", "--quiet", "--in-place", path)
        durations.append(time.monotonic() - start)
    whole = path.read_bytes()
    # A run that ends writes another file than the one before, so that there is something to write.
    changed = whole.replace(b"line 0 0", b"line 0 old")
    dice = random.Random(1)
    written = 0
    for number in range(KILLS):
        path.write_bytes(changed)
        options = ["--jobs", "2", "--timeout", "60"] if number % 3 == 0 else []
        process = subprocess.Popen(
            [BINARY, "run", "--quiet", "--in-place", *options, path], stdout=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(0, min(durations) * 1.5))
        process.kill()
        process.wait()
        assert len(read(path).cells) == 30
        assert path.read_bytes() in (changed, whole)
        written += path.read_bytes() != changed
        if has_nameless_files(tmp_path):
            assert [entry.name for entry in tmp_path.iterdir()] == ["a.ipynb"]
    print(f"{KILLS} kills, {written} after the new file was in place")
