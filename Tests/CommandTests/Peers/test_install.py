"""`nabla install` and `uninstall`, as Jupyter sees them."""

import json
import shutil
import subprocess
import sys

import jupyter_client
import pytest
from conftest import BINARY, nabla


def kernels():
    """The kernels that Jupyter finds, by name."""
    listing = subprocess.run(
        [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(listing.stdout)["kernelspecs"]


def test_jupyter_finds_the_kernel_and_its_logos(jupyter):
    spec = kernels()["nabla"]
    folder = jupyter / "data" / "kernels" / "nabla"
    assert spec["resource_dir"] == str(folder)
    assert spec["spec"]["argv"][0] == str(folder / "bin" / "nabla")
    assert spec["spec"]["display_name"] == "Nabla"
    assert {path.name for path in folder.iterdir()} == {
        "bin", "kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg",
    }  # fmt: skip


def test_the_kernel_works_when_the_binary_it_came_from_is_gone(tmp_path, jupyter):
    moved = tmp_path / "nabla"
    shutil.copy(BINARY, moved)
    subprocess.run([moved, "install", "--name", "moved"], check=True, capture_output=True)
    moved.unlink()
    try:
        assert "moved" in kernels()
        with running("moved") as client:
            assert answer(client, "6 * 7") == "42"
    finally:
        nabla("uninstall", "--name", "moved")
    assert "moved" not in kernels()


def test_installing_again_while_a_kernel_runs(jupyter):
    with running("nabla") as client:
        assert answer(client, "x = 5; x") == "5"
        nabla("install")
        assert answer(client, "x") == "5"
    with running("nabla") as client:
        assert answer(client, "1 + 1") == "2"


def test_prefixes(tmp_path, monkeypatch):
    nabla("install", "--prefix", tmp_path)
    assert (tmp_path / "share/jupyter/kernels/nabla/kernel.json").exists()
    nabla("uninstall", "--prefix", tmp_path)
    assert not (tmp_path / "share/jupyter/kernels/nabla").exists()
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    nabla("install", "--sys-prefix")
    assert (tmp_path / "env/share/jupyter/kernels/nabla/bin/nabla").exists()
    monkeypatch.delenv("VIRTUAL_ENV")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert "no virtual environment" in nabla("install", "--sys-prefix", code=2).stderr


def test_uninstalling_what_is_not_there(tmp_path):
    assert "no kernel" in nabla("uninstall", "--prefix", tmp_path, code=1).stderr


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"shell_port": "x"}'])
def test_a_connection_file_that_is_wrong_ends_with_one_line(tmp_path, content):
    path = tmp_path / "connection.json"
    if content is not None:
        path.write_text(content)
        path.chmod(0o600)
    done = nabla("kernel", "-f", path, code=1)
    assert done.stderr.startswith("nabla kernel: ")
    assert done.stderr.count("\n") == 1


class running:
    """A kernel with its client, for the length of a `with`."""

    def __init__(self, name):
        self.manager, self.client = jupyter_client.manager.start_new_kernel(kernel_name=name)

    def __enter__(self):
        return self.client

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def answer(client, code):
    """The plain text of the cell's result."""
    results = []

    def collect(message):
        if message["msg_type"] == "execute_result":
            results.append(message["content"]["data"]["text/plain"])

    reply = client.execute_interactive(code, output_hook=collect, timeout=30)
    assert reply["content"]["status"] == "ok"
    return results[-1] if results else None
