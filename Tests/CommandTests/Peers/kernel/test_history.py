"""The history: what ran is there after a restart, shared by kernels, and no fault of its file is a kernel's."""

import ctypes
import os
import shutil
import sqlite3
import time

import pytest
import samples
from client import kernel_argv
from fixtures import launch, transport  # noqa: F401


@pytest.fixture
def start(launch, tmp_path):
    """Starts a kernel on the test's history file; gives it, a client that is ready, and the samples."""

    def start(file=tmp_path / "data" / "history.sqlite", **options):
        kernel = launch(start=False)
        kernel.start(env={"NABLA_HISTORY": str(file)}, **options)
        client = kernel.client()
        code = samples.of(client.ready()["language_info"]["name"])
        return kernel, client, code

    start.folder = tmp_path / "data"
    return start


def history(client, type, **fields):
    content = {"hist_access_type": type, "raw": True, "output": False, **fields}
    reply, _ = client.request("history_request", content)
    assert reply.content["status"] == "ok"
    return reply.content["history"]


def tail(client, n=1000, **fields):
    return history(client, "tail", n=n, **fields)


def end(kernel, client):
    client.send("shutdown_request", {"restart": True}, channel="control")
    assert kernel.process.wait(5) == 0


def run(client, *cells):
    for cell in cells:
        reply, _ = client.execute(cell)
        assert reply.content["status"] == "ok"


def test_a_restart_begins_at_1_in_a_new_session_and_knows_the_old_lines(start):
    kernel, client, code = start()
    run(client, code.value[0], code.trivial, code.say("é"))
    end(kernel, client)
    kernel, client, code = start()
    reply, _ = client.execute(code.trivial)
    assert reply.content["execution_count"] == 1
    old = [[1, 1, code.value[0]], [1, 2, code.trivial], [1, 3, code.say("é")]]
    new = [[2, 1, code.trivial]]
    assert tail(client) == old + new
    assert tail(client, 2) == old[-1:] + new
    assert history(client, "range", session=0, start=1) == new
    for previous in (1, -1):
        assert history(client, "range", session=previous, start=1, stop=None) == old
        assert history(client, "range", session=previous, start=2, stop=3) == old[1:2]
        assert history(client, "range", session=previous, start=1, stop=2, output=True) == [
            [1, 1, [code.value[0], code.value[1]]]
        ]
    assert history(client, "range", session=-2, start=1) == []
    pattern = code.trivial[:3] + "*"
    assert history(client, "search", pattern=pattern) == [old[1], *new]
    assert history(client, "search", pattern=pattern, unique=True) == new
    assert history(client, "search", pattern=pattern, n=1, output=True)[0][:2] == [2, 1]
    assert kernel.logged() == ""


def test_the_last_cell_before_a_shutdown_is_kept(start):
    for count in range(1, 4):
        kernel, client, code = start()
        run(client, code.trivial)
        end(kernel, client)
        _, client, _ = start()
        assert tail(client) == [[n, 1, code.trivial] for n in range(1, count + 1)]


def test_kernels_share_the_file_and_know_their_own_lines(start):
    kernels = [start() for _ in range(6)]
    for number in range(20):
        ids = [client.send_execute(code.say(f"{i} {number}")) for i, (_, client, code) in enumerate(kernels)]
        for (_, client, _), id in zip(kernels, ids):
            client.gather(id)
    # A query writes the lines of its own kernel that still wait.
    for _, client, _ in kernels:
        tail(client)
    sessions = set()
    for i, (kernel, client, code) in enumerate(kernels):
        mine = history(client, "range", session=0, start=1)
        assert [row[2] for row in mine] == [code.say(f"{i} {number}") for number in range(20)]
        assert [row[1] for row in mine] == list(range(1, 21))
        sessions |= {row[0] for row in mine}
        assert tail(client, 20) == mine
        assert len(tail(client)) == 120
        assert kernel.logged() == ""
    assert len(sessions) == 6


def test_a_killed_kernel_leaves_a_usable_file(start):
    kernel, client, code = start()
    cells = [code.say(str(number)) for number in range(200)]
    run(client, *cells[:100])
    assert len(tail(client)) == 100
    run(client, *cells[100:])
    client.send_execute(code.loop)
    kernel.process.kill()
    kernel.process.wait()
    kernel, client, code = start()
    lines = [row[2] for row in tail(client)]
    # Of what was not asked for, the last moments may be lost, and nothing between.
    assert 100 <= len(lines)
    assert lines == [*cells, code.loop][: len(lines)]
    assert kernel.logged() == ""


def tidy(folder):
    """Leaves the history's file alone in its folder, as who closes it last does."""
    with sqlite3.connect(folder / "history.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert os.listdir(folder) == ["history.sqlite"]


def damaged(folder, how):
    """Breaks the file in the folder, which a kernel wrote."""
    file = folder / "history.sqlite"
    good = file.read_bytes()
    if how == "random":
        file.write_bytes(os.urandom(len(good)))
    elif how == "truncated":
        file.write_bytes(good[: len(good) // 2])
    elif how == "text":
        file.write_text("no database\n")
    else:
        with sqlite3.connect(file) as database:
            database.execute({"tables": "DROP TABLE history", "newer": "PRAGMA user_version = 99"}[how])
        database.close()
    return file.read_bytes()


@pytest.mark.parametrize("how", ["random", "truncated", "text", "tables", "newer"])
def test_a_broken_file_is_set_aside(start, how):
    kernel, client, code = start()
    run(client, *[code.say("x" * 100 + str(number)) for number in range(100)])
    end(kernel, client)
    tidy(start.folder)
    broken = damaged(start.folder, how)
    kernels = [start() for _ in range(3)]
    for _, client, code in kernels:
        run(client, code.trivial)
    for _, client, _ in kernels:
        tail(client)
    for _, client, code in kernels:
        assert sorted(tail(client)) == [[n, 1, code.trivial] for n in (1, 2, 3)]
    lines = [line for kernel, _, _ in kernels for line in kernel.logged().splitlines()]
    assert len(lines) == 1 and "history" in lines[0] and ".corrupt-" in lines[0]
    aside = [file for file in start.folder.iterdir() if ".corrupt-" in file.name]
    assert [file.read_bytes() for file in aside if file.name.endswith("Z")] == [broken]


def obey_modes():
    """Even root: no file may be written or read past its mode."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.parametrize("what", ["file", "folder", "none", "taken"])
def test_a_file_that_cannot_be_written_leaves_the_history_in_memory(start, what):
    kernel, client, code = start()
    run(client, code.trivial)
    end(kernel, client)
    tidy(start.folder)
    file = start.folder / "history.sqlite"
    if what == "taken":
        shutil.rmtree(start.folder)
        file.mkdir(parents=True)
    if what in ("folder", "none"):
        os.chmod(start.folder, 0o500 if what == "folder" else 0)
    if what == "file":
        os.chmod(file, 0o400)
    try:
        kernel, client, code = start(preexec_fn=obey_modes)
        run(client, code.trivial, code.value[0])
        assert tail(client) == [[1, 1, code.trivial], [1, 2, code.value[0]]]
        assert tail(client, 1, output=True) == [[1, 2, list(code.value)]]
        end(kernel, client)
    finally:
        os.chmod(start.folder, 0o700)
    (line,) = kernel.logged().splitlines()
    assert "history" in line and str(file) in line and "memory" in line


def test_a_locked_file_holds_up_no_cell_and_no_completion(start):
    kernel, client, code = start()
    run(client, code.trivial)
    assert len(tail(client)) == 1
    database = sqlite3.connect(start.folder / "history.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    begin = time.monotonic()
    asked = client.send("history_request", {"hist_access_type": "tail", "n": 9, "output": False, "raw": True})
    for _ in range(20):
        run(client, code.trivial)
        client.request("complete_request", {"code": code.complete, "cursor_pos": len(code.complete)})
    assert time.monotonic() - begin < 3
    database.execute("COMMIT")
    database.close()
    client.gather(asked)
    assert len(tail(client)) == 21
    assert kernel.logged() == ""


def test_a_locked_file_does_not_hold_up_the_end(start):
    kernel, client, code = start()
    run(client, code.trivial)
    assert len(tail(client)) == 1
    database = sqlite3.connect(start.folder / "history.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    run(client, code.trivial)
    begin = time.monotonic()
    end(kernel, client)
    assert time.monotonic() - begin < 3
    database.close()
    (line,) = kernel.logged().splitlines()
    assert "history" in line


def test_a_history_in_memory_makes_no_file(start, tmp_path):
    for name in ("off", "", ":memory:"):
        kernel, client, code = start(name)
        run(client, code.trivial)
        assert tail(client) == [[1, 1, code.trivial]]
        end(kernel, client)
        assert not [file for file in os.listdir(kernel.dir) if "history" in file or "memory" in file]
        assert kernel.logged() == ""


@pytest.mark.skipif("nabla" not in kernel_argv()[0], reason="the option is this command's")
def test_the_option_names_the_file_before_the_environment(start, tmp_path):
    kernel, client, code = start(tmp_path / "a", arguments=["--history", tmp_path / "b"])
    run(client, code.trivial)
    assert len(tail(client)) == 1
    assert (tmp_path / "b").exists() and not (tmp_path / "a").exists()


def test_the_data_folder_is_where_the_file_is_by_default(launch, tmp_path):
    kernel = launch(start=False)
    kernel.start(env={"XDG_DATA_HOME": str(tmp_path)}, without=["NABLA_HISTORY"])
    client = kernel.client()
    code = samples.of(client.ready()["language_info"]["name"])
    assert os.listdir(tmp_path) == []
    run(client, code.trivial)
    assert len(tail(client)) == 1
    for path, mode in (("nabla", 0o700), ("nabla/history.sqlite", 0o600), ("nabla/history.sqlite-wal", 0o600)):
        assert (tmp_path / path).stat().st_mode & 0o777 == mode


def test_an_idle_kernel_does_not_wake(start):
    kernel, client, code = start()
    run(client, code.trivial)
    assert len(tail(client)) == 1
    time.sleep(0.5)

    def switches():
        total = 0
        for task in os.listdir(f"/proc/{kernel.process.pid}/task"):
            with open(f"/proc/{kernel.process.pid}/task/{task}/status") as status:
                total += sum(int(line.split()[1]) for line in status if line.startswith("voluntary"))
        return total

    before = switches()
    time.sleep(2)
    assert switches() - before <= 1
