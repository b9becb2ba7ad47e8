"""A kernel process and a client that sees every frame: plain sockets, no client library between."""

import datetime
import hashlib
import hmac
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

import zmq

ROOT = pathlib.Path(__file__).resolve().parents[4]
DELIMITER = b"<IDS|MSG>"
CHANNELS = ["shell", "iopub", "stdin", "control", "hb"]


def kernel_argv():
    """The command that starts the kernel, with {connection_file} where its path goes."""
    given = os.environ.get("NABLA_KERNEL_ARGV")
    if given:
        return json.loads(given) if given.lstrip().startswith("[") else shlex.split(given)
    built = [ROOT / ".build" / name / "nabla" for name in (".", "release", "debug")]
    for binary in [os.environ.get("NABLA"), *built]:
        if binary and pathlib.Path(binary).is_file():
            return [str(binary), "kernel", "-f", "{connection_file}"]
    raise RuntimeError("no kernel is built; build one or set NABLA_KERNEL_ARGV")


class Message:
    def __init__(self, channel, frames, key):
        self.channel = channel
        at = frames.index(DELIMITER)
        self.prefix = frames[:at]
        self.signature, *parts = frames[at + 1 :]
        self.raw = parts[:4]
        self.header, self.parent, self.metadata, self.content = map(json.loads, parts[:4])
        self.buffers = parts[4:]
        self.type = self.header["msg_type"]
        self.parent_id = self.parent.get("msg_id")
        mac = hmac.new(key, digestmod=hashlib.sha256)
        for part in parts[:4]:
            mac.update(part)
        assert mac.hexdigest().encode() == self.signature, "the kernel signed wrongly"

    def __repr__(self):
        return f"{self.channel}:{self.type}:{self.content}"


class Kernel:
    """A kernel process with its connection file, and clients of it."""

    def __init__(self, transport="tcp", env=None, extra=None, start=True):
        self.dir = tempfile.mkdtemp(prefix="kernel-")
        self.key = uuid.uuid4().hex.encode()
        self.transport = transport
        self.clients = []
        self.context = zmq.Context()
        if transport == "tcp":
            held = []
            for _ in CHANNELS:
                s = socket.socket()
                s.bind(("127.0.0.1", 0))
                held.append(s)
            self.ports = {c: s.getsockname()[1] for c, s in zip(CHANNELS, held)}
            for s in held:
                s.close()
            self.ip = "127.0.0.1"
        else:
            self.ports = {c: i + 1 for i, c in enumerate(CHANNELS)}
            self.ip = os.path.join(self.dir, "ipc")
        self.info = {f"{c}_port": p for c, p in self.ports.items()}
        self.info.update(
            ip=self.ip,
            transport=transport,
            key=self.key.decode(),
            signature_scheme="hmac-sha256",
            kernel_name="tested",
        )
        self.info.update(extra or {})
        self.connection_file = os.path.join(self.dir, "connection.json")
        with open(self.connection_file, "w") as file:
            json.dump(self.info, file)
        os.chmod(self.connection_file, 0o600)
        self.log = open(os.path.join(self.dir, "log"), "w+b")
        self.process = None
        if start:
            self.start(env)

    def start(self, env=None, arguments=(), without=(), **options):
        argv = [a.replace("{connection_file}", self.connection_file) for a in kernel_argv()]
        # No test writes the user's own history.
        environment = {
            **os.environ,
            "JPY_PARENT_PID": str(os.getpid()),
            "NABLA_HISTORY": os.path.join(self.dir, "history.sqlite"),
            **(env or {}),
        }
        for name in without:
            del environment[name]
        self.process = subprocess.Popen(
            [*argv, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=environment,
            start_new_session=True,
            **{"cwd": self.dir, **options},
        )

    def ask_for_ports(self):
        """Leaves the ports to the kernel."""
        with open(self.connection_file, "w") as file:
            json.dump({**self.info, **{f"{c}_port": 0 for c in CHANNELS}}, file)

    def learn_ports(self):
        """Whether the kernel has written its ports; then clients use them."""
        with open(self.connection_file) as file:
            members = json.load(file)
        self.ports = {c: members[f"{c}_port"] for c in CHANNELS}
        return all(self.ports.values())

    def url(self, channel):
        if self.transport == "tcp":
            return f"tcp://127.0.0.1:{self.ports[channel]}"
        return f"ipc://{self.ip}-{self.ports[channel]}"

    def connect_raw(self, channel):
        """A socket of the system's to a channel, without ZeroMQ."""
        if self.transport == "tcp":
            return socket.create_connection(("127.0.0.1", self.ports[channel]))
        s = socket.socket(socket.AF_UNIX)
        s.connect(f"{self.ip}-{self.ports[channel]}")
        return s

    def client(self, **kw):
        client = Client(self, **kw)
        self.clients.append(client)
        return client

    def alive(self):
        return self.process.poll() is None

    def logged(self):
        with open(self.log.name, "rb") as file:
            return file.read().decode()

    def interrupt(self):
        os.kill(self.process.pid, signal.SIGINT)

    def close(self):
        if self.process and self.alive():
            self.process.kill()
        if self.process:
            self.process.wait()
        for client in self.clients:
            client.close()
        # Also the sockets that a test which failed left open.
        self.context.destroy(linger=0)
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Client:
    """One client with the five sockets."""

    def __init__(self, kernel, topic=b"", connect=CHANNELS):
        self.kernel = kernel
        self.key = kernel.key
        self.session = uuid.uuid4().hex
        self.identity = b"c" + uuid.uuid4().bytes[1:]
        self.sockets = {}
        self.seen = []
        self.count = 0
        self.poller = zmq.Poller()
        for channel in connect:
            self.connect(channel, topic)

    def connect(self, channel, topic=b""):
        """Opens a channel."""
        kind = {"iopub": zmq.SUB, "hb": zmq.REQ}.get(channel, zmq.DEALER)
        s = self.kernel.context.socket(kind)
        s.linger = 0
        s.RECONNECT_IVL = 5
        s.SNDHWM = 0
        s.RCVHWM = 0
        if kind == zmq.DEALER:
            s.identity = self.identity
        if kind == zmq.SUB:
            s.subscribe(topic)
        for name, value in kernel_curve(self.kernel).items():
            setattr(s, name, value)
        s.connect(self.kernel.url(channel))
        self.sockets[channel] = s
        if channel != "hb":
            self.poller.register(s, zmq.POLLIN)

    def close(self):
        for s in self.sockets.values():
            s.close(0)

    # Sending

    def header(self, type, **changes):
        self.count += 1
        return {
            "msg_id": f"{self.session}_{self.count}",
            "session": self.session,
            "username": "test",
            "msg_type": type,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "version": "5.6",
            **changes,
        }

    def sign(self, parts):
        mac = hmac.new(self.key, digestmod=hashlib.sha256)
        for part in parts:
            mac.update(part)
        return mac.hexdigest().encode()

    def frames(self, type, content, header=None, parent=None, metadata=None):
        values = (header or self.header(type), parent or {}, metadata or {}, content)
        parts = [json.dumps(value).encode() for value in values]
        return [DELIMITER, self.sign(parts), *parts]

    def send_parts(self, parts, channel="shell"):
        """Sends four JSON parts as they are, rightly signed."""
        self.sockets[channel].send_multipart([DELIMITER, self.sign(parts), *parts])

    def send(self, type, content, channel="shell", **kw):
        header = kw.pop("header", None) or self.header(type)
        self.sockets[channel].send_multipart(self.frames(type, content, header=header, **kw))
        return header["msg_id"]

    # Receiving

    def receive(self, timeout=5):
        """The next message on any channel, or None."""
        if not self.seen:
            for s, _ in self.poller.poll(timeout * 1000):
                channel = next(c for c, other in self.sockets.items() if other is s)
                while True:
                    try:
                        frames = s.recv_multipart(zmq.NOBLOCK)
                    except zmq.Again:
                        break
                    self.seen.append(Message(channel, frames, self.key))
        return self.seen.pop(0) if self.seen else None

    def drain(self, quiet=0.1):
        found = []
        while (message := self.receive(quiet)) is not None:
            found.append(message)
        return found

    def gather(self, message_id, reply=True, timeout=10):
        """All messages about a request, up to its idle and its reply."""
        found = []
        others = []
        idle = False
        end = time.monotonic() + timeout
        while not idle or reply:
            left = end - time.monotonic()
            message = self.receive(left) if left > 0 else None
            assert message is not None, f"no end to {message_id}; so far {found}"
            if message.parent_id != message_id:
                others.append(message)
                continue
            found.append(message)
            if message.type == "status" and message.content["execution_state"] == "idle":
                idle = True
            if message.channel in ("shell", "control") and message.type.endswith("_reply"):
                reply = False
        self.seen = others + self.seen
        return found

    def request(self, type, content=None, channel="shell", timeout=10, reply=True, **kw):
        """Sends a request; gives its reply and what came on iopub."""
        return split(self.gather(self.send(type, content or {}, channel, **kw), reply, timeout))

    def execute(self, code, timeout=10, metadata=None, **kw):
        content = dict(
            code=code,
            silent=False,
            store_history=True,
            user_expressions={},
            allow_stdin=False,
            stop_on_error=True,
        )
        content.update(kw)
        return self.request("execute_request", content, timeout=timeout, metadata=metadata)

    def send_execute(self, code, subshell=None, metadata=None, **kw):
        content = dict(code=code, silent=False, store_history=True, stop_on_error=True)
        content.update(kw)
        named = {"subshell_id": subshell} if subshell else {}
        header = self.header("execute_request", **named)
        return self.send("execute_request", content, header=header, metadata=metadata)

    def create_subshell(self):
        reply, _ = self.request("create_subshell_request", channel="control")
        assert reply.content["status"] == "ok"
        return reply.content["subshell_id"]

    def ready(self, timeout=20):
        """Waits for the kernel's welcome, after which nothing on iopub is missed; gives its info."""
        end = time.monotonic() + timeout
        while "iopub" in self.sockets:
            message = self.receive(max(0, end - time.monotonic()))
            assert message is not None, f"no welcome; the log: {self.kernel.logged()}"
            if message.type == "iopub_welcome":
                break
        return self.request("kernel_info_request", timeout=timeout)[0].content


def split(messages):
    reply = next((m for m in messages if m.channel != "iopub" and m.type.endswith("_reply")), None)
    return reply, [m for m in messages if m.channel == "iopub"]


def kernel_curve(kernel):
    public = kernel.info.get("curve_publickey")
    if not public:
        return {}
    mine, secret = zmq.curve_keypair()
    return dict(curve_serverkey=public.encode(), curve_publickey=mine, curve_secretkey=secret)


def types(messages):
    return [m.type for m in messages]


def text(messages, name="stdout"):
    return "".join(m.content["text"] for m in messages if m.type == "stream" and m.content["name"] == name)
