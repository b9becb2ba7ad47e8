"""Clients that stop to read: neither the kernel nor other clients notice more than a moment."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import zmq
from fixtures import launch, started, transport, wait_for  # noqa: F401

MIB = 1 << 20
# The cap on what a cell may show is no matter here.
ROOM = {"NABLA_MAX_OUTPUT": "1t"}

# A subscriber as a process of its own, which can be stopped; it prints the types that it gets.
SUBSCRIBER = """
import json, sys, zmq
s = zmq.Context().socket(zmq.SUB)
s.RECONNECT_IVL = 5
s.subscribe(b"")
s.connect(sys.argv[1])
while True:
    frames = s.recv_multipart()
    print(json.loads(frames[3])["msg_type"], flush=True)
"""


class Memory(threading.Thread):
    """Watches how much memory a process takes."""

    def __init__(self, process):
        super().__init__()
        self.path = f"/proc/{process.pid}/statm"
        self.most = 0
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.01):
            with open(self.path) as file:
                self.most = max(self.most, int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE"))

    def end(self):
        self.ended.set()
        self.join()
        return self.most


def deaf(kernel):
    """A subscriber that takes in next to nothing."""
    socket = kernel.context.socket(zmq.SUB)
    socket.linger = 0
    socket.RCVHWM = 1
    socket.subscribe(b"")
    socket.connect(kernel.url("iopub"))
    return socket


def printed(iopub):
    return sum(len(m.content["text"]) for m in iopub if m.type == "stream")


def test_a_subscriber_that_does_not_read_costs_a_moment_and_bounded_memory(launch):
    kernel, client, code = started(launch, env=ROOM)
    sockets = [deaf(kernel) for _ in range(3)]
    other = kernel.client(connect=["iopub"])
    other.receive()
    memory = Memory(kernel.process)
    start = time.monotonic()
    message_id = client.send_execute(code.flood(160))
    both = [gathered(client, message_id), gathered(other, message_id)]
    seconds = time.monotonic() - start
    # Those that read get all of it, in order, and idle last.
    for messages in both:
        assert printed(messages) == 160 * MIB
        assert messages[-1].content == {"execution_state": "idle"}
    reply, _ = client.execute(code.value[0], timeout=2)
    assert reply.content["status"] == "ok"
    assert memory.end() < 400 * MIB
    assert seconds < 60
    assert kernel.logged().count("did not read") == 3
    for socket in sockets:
        socket.close(0)


def gathered(client, message_id, timeout=60):
    """All of a request on iopub, to its idle; the reply comes among it."""
    found = []
    end = time.monotonic() + timeout
    while not found or found[-1].content.get("execution_state") != "idle":
        message = client.receive(end - time.monotonic())
        assert message is not None, "no idle"
        if message.channel == "iopub" and message.parent_id == message_id:
            found.append(message)
    return found


def test_many_displays_wait_for_room_as_text_does(launch):
    kernel, client, code = started(launch, env=ROOM)
    socket = deaf(kernel)
    memory = Memory(kernel.process)
    for _ in range(2):
        message_id = client.send_execute(code.displays(45))
        displays = [m for m in gathered(client, message_id) if m.type == "display_data"]
        assert [len(m.content["data"]["text/html"]) for m in displays] == [MIB] * 45
    assert client.execute(code.value[0], timeout=2)[0].content["status"] == "ok"
    assert memory.end() < 600 * MIB
    socket.close(0)


def test_a_reader_that_is_slow_but_steady_gets_everything(launch):
    kernel, client, code = started(launch)
    # As clients have it by default: then libzmq takes hundreds of messages at a time, seldom.
    slow = kernel.context.socket(zmq.SUB)
    slow.linger = 0
    slow.RCVHWM = 1000
    slow.subscribe(b"")
    slow.connect(kernel.url("iopub"))
    assert slow.poll(5000)
    client.sockets["iopub"].close(0)
    count = 30_000
    message_id = client.send_execute(f"for i in range({count}): display(i)")
    shown = 0
    while True:
        assert slow.poll(60_000), f"nothing more after {shown} displays"
        frames = slow.recv_multipart()
        header, parent = json.loads(frames[3]), json.loads(frames[4])
        if parent.get("msg_id") != message_id:
            continue
        if header["msg_type"] == "display_data":
            shown += 1
            # Slow until the kernel has to wait, and then for as long as a batch takes.
            if shown < 4000:
                time.sleep(0.002)
        elif b"idle" in frames[6]:
            break
    assert shown == count
    assert "did not read" not in kernel.logged()
    slow.close(0)


# While what is shown still finds room, while it fills up, and when it is full.
@pytest.mark.parametrize("delay", [0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 1])
def test_an_interrupt_reaches_a_cell_whose_reader_does_not_read(launch, delay):
    kernel, client, code = started(launch, env=ROOM)
    socket = deaf(kernel)
    assert socket.poll(5000)
    client.sockets["iopub"].close(0)
    message_id = client.send_execute(code.displays(100_000))
    time.sleep(delay)
    start = time.monotonic()
    client.send("interrupt_request", {}, channel="control")
    while True:
        assert client.sockets["shell"].poll(20_000)
        frames = client.sockets["shell"].recv_multipart()
        if json.loads(frames[3])["msg_id"] == message_id:
            break
    assert json.loads(frames[5])["ename"] == "KeyboardInterrupt"
    # The bound is 0.1 s; a peer that does not read is cut off after ten seconds.
    assert time.monotonic() - start < 5
    socket.close(0)


def test_a_stopped_client_is_welcomed_anew_when_it_goes_on(launch):
    kernel, client, code = started(launch, env=ROOM)
    url = kernel.url("iopub")
    process = subprocess.Popen(
        [sys.executable, "-c", SUBSCRIBER, url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "iopub_welcome\n"
        process.send_signal(signal.SIGSTOP)
        message_id = client.send_execute(code.flood(120))
        assert printed(gathered(client, message_id)) == 120 * MIB
        assert kernel.logged().count("did not read") == 1
        process.send_signal(signal.SIGCONT)
        while (line := process.stdout.readline()) != "iopub_welcome\n":
            assert line
        client.execute(code.say("seen again"))
        types = [process.stdout.readline().strip() for _ in range(4)]
        assert types == ["status", "execute_input", "stream", "status"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_little_output_is_kept_for_a_client_that_pauses(launch):
    kernel, client, code = started(launch)
    socket = deaf(kernel)
    time.sleep(0.1)
    for _ in range(20):
        client.execute(code.lines(10_000), timeout=20)
    time.sleep(1.5)
    seen = 0
    while socket.poll(300):
        frames = socket.recv_multipart()
        if json.loads(frames[3])["msg_type"] == "stream":
            seen += json.loads(frames[6])["text"].count("\n")
    assert seen == 200_000
    assert "did not read" not in kernel.logged()
    socket.close(0)


def test_a_cell_that_waits_for_slow_subscribers_is_interrupted(launch):
    kernel, client, code = started(launch, env=ROOM)
    sockets = [deaf(kernel) for _ in range(2)]
    message_id = client.send_execute(code.flood(100_000))
    wait_for(lambda: "did not read" in kernel.logged(), timeout=30)
    start = time.monotonic()
    client.send("interrupt_request", {}, channel="control")
    messages = gathered(client, message_id, timeout=30)
    assert time.monotonic() - start < 10
    assert any(m.type == "error" and m.content["ename"] == "KeyboardInterrupt" for m in messages)
    for socket in sockets:
        socket.close(0)


def test_connections_that_come_and_go_leave_nothing_behind(launch):
    kernel, client, code = started(launch)

    def held():
        process = kernel.process.pid
        return len(os.listdir(f"/proc/{process}/fd")), len(os.listdir(f"/proc/{process}/task"))

    def come_and_go():
        for _ in range(30):
            other = kernel.client()
            other.ready()
            assert other.execute(code.trivial)[0].content["status"] == "ok"
            other.close()
            kernel.clients.remove(other)

    # What is opened at the first cells, as the history is, stays.
    come_and_go()
    time.sleep(0.5)
    before = held()
    come_and_go()
    wait_for(lambda: held() == before)


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    print(1)\n    print(2, file=stderr)",
        "while True: clear_output()",
        "h = display(0, display_id=True)\nwhile True: h.update(1)",
    ],
    ids=["two streams", "cleared", "updated"],
)
@pytest.mark.parametrize("reads", [False, True])
def test_a_flood_of_small_messages_keeps_nobody_waiting(launch, code, reads):
    kernel, client, _ = started(launch)
    memory = Memory(kernel.process)
    client.sockets["iopub"].close(0)
    ended = threading.Event()
    if reads:
        reader = kernel.context.socket(zmq.SUB)
        reader.linger = 0
        reader.subscribe(b"")
        reader.connect(kernel.url("iopub"))

        def read():
            while not ended.is_set():
                if reader.poll(100):
                    reader.recv_multipart()

        thread = threading.Thread(target=read)
        thread.start()
    try:
        message_id = client.send_execute(code)
        time.sleep(1)
        slowest = 0
        for kind, channel in [("kernel_info_request", "control"), ("interrupt_request", "control")]:
            start = time.monotonic()
            client.send(kind, {}, channel=channel)
            assert client.sockets[channel].poll(10_000), f"no answer to {kind}"
            client.sockets[channel].recv_multipart()
            slowest = max(slowest, time.monotonic() - start)
        assert client.sockets["shell"].poll(10_000)
        frames = client.sockets["shell"].recv_multipart()
        assert json.loads(frames[3])["msg_id"] == message_id
        assert json.loads(frames[5])["ename"] == "KeyboardInterrupt"
        # Ten times what is promised, and more.
        assert slowest < 0.5
        assert memory.end() < 300 * MIB
    finally:
        ended.set()
        if reads:
            thread.join()
            reader.close(0)
