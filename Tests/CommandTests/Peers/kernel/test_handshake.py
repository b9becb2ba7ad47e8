"""The start handshake: the kernel chooses its ports and tells them to the launcher."""

import hashlib
import hmac
import json
import os
import re
import stat
import subprocess
import time

import pytest
import zmq
from client import CHANNELS, DELIMITER
from fixtures import fails_to_start, launch, only_over, transport  # noqa: F401


class Launcher:
    """The registration socket of a launcher, and the file that it gives the kernel."""

    def __init__(self, kernel, **changes):
        self.kernel = kernel
        self.socket = kernel.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        if kernel.transport == "tcp":
            port = self.socket.bind_to_random_port("tcp://127.0.0.1")
            ip = "127.0.0.1"
        else:
            ip, port = os.path.join(kernel.dir, "reg"), 7
            self.socket.bind(f"ipc://{ip}-{port}")
        self.file = {
            "kernel_id": "k-7",
            "transport": kernel.transport,
            "registration_ip": ip,
            "registration_port": port,
            "ip": kernel.ip,
            "key": kernel.key.decode(),
            "signature_scheme": "hmac-sha256",
            **changes,
        }
        with open(kernel.connection_file, "w") as file:
            json.dump(self.file, file)

    def sign(self, content, key=None):
        key = self.kernel.key if key is None else key
        return hmac.new(key, content, hashlib.sha256).hexdigest().encode()

    def announced(self):
        """What the kernel says: its identity and the checked content."""
        assert self.socket.poll(10_000), self.kernel.logged()
        identity, delimiter, signature, content = self.socket.recv_multipart()
        assert delimiter == DELIMITER
        assert signature == self.sign(content)
        return identity, json.loads(content)

    def acknowledge(self, identity, content=b"ACK", **kw):
        self.socket.send_multipart([identity, DELIMITER, self.sign(content, **kw), content])

    def close(self):
        self.socket.close(0)


@pytest.fixture
def launcher(launch):
    kernel = launch(start=False)
    launcher = Launcher(kernel)
    yield launcher
    launcher.close()


def test_the_start_handshake(launcher, tmp_path):
    kernel = launcher.kernel
    kernel.start(env={"JUPYTER_RUNTIME_DIR": str(tmp_path / "run")})
    identity, content = launcher.announced()
    assert content.pop("kernel_id") == "k-7"
    assert set(content) == {f"{c}_port" for c in CHANNELS}
    # Strings, as the protocol has it.
    assert all(re.fullmatch("[1-9][0-9]*", port) for port in content.values())
    kernel.ports = {c: int(content[f"{c}_port"]) for c in CHANNELS}
    launcher.acknowledge(identity)
    # The launcher may go after its answer.
    launcher.close()
    client = kernel.client()
    assert client.ready()["protocol_version"] == "5.6"
    # Other clients find the kernel by a file of its own, which goes with it.
    (path,) = (tmp_path / "run").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    written = json.loads(path.read_text())
    assert {c: written[f"{c}_port"] for c in CHANNELS} == kernel.ports
    assert (written["key"], written["ip"]) == (kernel.key.decode(), kernel.ip)
    client.request("shutdown_request", {"restart": False}, channel="control")
    assert kernel.process.wait(5) == 0
    assert list((tmp_path / "run").iterdir()) == []


def test_many_handshakes_at_once_take_no_port_twice(launch):
    launchers = [Launcher(launch(start=False)) for _ in range(12)]
    for launcher in launchers:
        launcher.kernel.start()
    ports = set()
    for launcher in launchers:
        identity, content = launcher.announced()
        launcher.kernel.ports = {c: int(content[f"{c}_port"]) for c in CHANNELS}
        # Over ipc a port is the end of a file's name, behind its folder.
        ports.update(launcher.kernel.url(channel) for channel in CHANNELS)
        launcher.acknowledge(identity)
    assert len(ports) == 60
    for launcher in launchers:
        assert launcher.kernel.client().ready()["status"] == "ok"
        launcher.close()


def test_a_kernel_leaves_when_the_launcher_does_not_acknowledge(launcher):
    kernel = launcher.kernel
    kernel.start()
    launcher.announced()
    start = time.monotonic()
    assert kernel.process.wait(20) == 1
    assert 3 < time.monotonic() - start < 10
    (line,) = kernel.logged().splitlines()
    assert "did not acknowledge" in line and "5 seconds" in line


@pytest.mark.parametrize("fault", ["wrong key", "wrong content", "no signature", "few parts"])
def test_an_acknowledgement_that_is_not_signed_rightly_is_refused(launcher, fault):
    kernel = launcher.kernel
    kernel.start()
    identity, _ = launcher.announced()
    if fault == "wrong key":
        launcher.acknowledge(identity, key=b"another")
    elif fault == "wrong content":
        launcher.socket.send_multipart([identity, DELIMITER, launcher.sign(b"ACK"), b"NAK"])
    elif fault == "no signature":
        launcher.socket.send_multipart([identity, DELIMITER, b"", b"ACK"])
    else:
        launcher.socket.send_multipart([identity, b"ACK"])
    assert kernel.process.wait(5) == 1
    (line,) = kernel.logged().splitlines()
    assert "refused the answer" in line


def test_a_signal_or_the_parents_end_ends_the_wait_for_the_launcher(launcher, launch):
    kernel = launcher.kernel
    kernel.start()
    launcher.announced()
    kernel.process.terminate()
    assert kernel.process.wait(5) == 1
    other = Launcher(launch(start=False))
    parent = subprocess.Popen(["sleep", "60"])
    other.kernel.start(env={"JPY_PARENT_PID": str(parent.pid)})
    other.announced()
    parent.kill()
    parent.wait()
    assert other.kernel.process.wait(5) == 1
    other.close()


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"registration_port": 0}, "registration_port"),
        ({"registration_port": []}, "registration_port"),
        ({"kernel_id": 7}, "kernel_id"),
        ({"key": None}, "key"),
        ({"transport": "carrier pigeon"}, "carrier pigeon"),
    ],
)
def test_a_registration_that_makes_no_sense(launch, change, expected):
    kernel = launch(start=False)
    Launcher(kernel, **change).close()
    fails_to_start(kernel, expected)


@only_over("tcp")
def test_a_registration_for_another_host(launch):
    kernel = launch(start=False)
    Launcher(kernel, ip="no such host").close()
    fails_to_start(kernel, "no such host")
