"""Limits speak: what passes one is an error in its cell, and the session goes on."""

import os
import re

import pytest
from fixtures import launch, only_over, started, transport, wait_for  # noqa: F401

# Each would take far more than the 300 MiB that the kernel is given.
GREEDY = {
    "a list": "xs = []\nwhile True: xs.append(1)",
    "a comprehension": "xs = [i for i in range(10 ** 12)]",
    "a tuple": "t = tuple(range(10 ** 12))",
    "a dict": "d = {}\ni = 0\nwhile True:\n    d[i] = i\n    i += 1",
    "a set": "s = set(range(10 ** 12))",
    "a string": "s = 'a'\nwhile True: s = s + s",
    "strings": "xs = []\nwhile True: xs.append('abc' * 1000)",
    "the text of a list": "s = str(list(range(10 ** 8)))",
    "joined strings": "s = ','.join(['abc' * 1000] * 1000000)",
    "objects": "class C:\n    def __init__(self): self.v = [1, 2, 3]\n"
    "xs = []\nwhile True: xs.append(C())",
    "a tensor": "x = zeros((10000, 10000))",
    "a broadcast": "x = randn(20000)\ny = x[:, None] * x[None, :]",
    "an outer product": "x = randn(20000)\ny = np.outer(x, x)",
    "a product": "A = randn(5000, 2)\nB = A @ A.T\nC = B @ B",
    "a tensor that grows": "x = ones(1000)\nwhile True: x = np.concatenate([x, x])",
    "tensors": "xs = []\nwhile True: xs.append(randn(100000))",
    "small tensors": "xs = []\nwhile True: xs.append(randn(10))",
    "frames": "def f(n):\n    x = randn(20000)\n    return f(n + 1) + x[0]\nf(0)",
    "a fused chain": "x = param(randn(10000000))\ny = sigmoid(x) * tanh(x) + exp(x)\n"
    "z = y * 2 + sin(y)\nw = z * z + y",
    "an archive of zeros": "np.savez_compressed('z.npz', a=zeros(20000000))\n"
    "xs = []\nwhile True: xs.append(np.load('z.npz')['a'])",
}


@pytest.mark.parametrize("what", GREEDY)
def test_memory_is_refused_and_the_session_goes_on(launch, what):
    _, client, _ = started(launch, env={"NABLA_MAX_MEMORY": "300M"})
    client.execute("import numpy as np\nkept = 42")
    reply, _ = client.execute(GREEDY[what], timeout=120)
    assert reply.content["status"] == "error"
    assert reply.content["ename"] == "MemoryError", reply.content["evalue"]
    assert "300 MiB" in reply.content["evalue"]
    # What the names hold can be let go, and there is room again.
    client.execute("xs = d = s = t = x = y = z = w = A = B = C = None", timeout=60)
    _, shown = client.execute("print(kept, sum(ones(1000000)))", timeout=60)
    assert [m.content["text"] for m in shown if m.type == "stream"] == ["42 1000000\n"]


def test_memory_can_be_asked_for_in_a_handler(launch):
    _, client, _ = started(launch, env={"NABLA_MAX_MEMORY": "300M"})
    code = (
        "try:\n    xs = []\n    while True: xs.append(1)\n"
        "except MemoryError:\n    xs = None\n    print('small again')\n"
    )
    reply, shown = client.execute(code, timeout=120)
    assert reply.content["status"] == "ok"
    assert [m.content["text"] for m in shown if m.type == "stream"] == ["small again\n"]


def test_a_size_that_is_none_is_said_at_the_start(launch):
    kernel = launch(env={"NABLA_MAX_MEMORY": "12 apples"})
    assert kernel.process.wait(10) == 2
    assert kernel.logged() == (
        "nabla: NABLA_MAX_MEMORY must be a number of bytes, or one with K, M, G or T behind it, "
        "not '12 apples'\n"
    )


def test_a_gigabyte_of_text_is_cut_and_the_kernel_stays_responsive(launch):
    kernel, client, _ = started(launch)
    line = "x" * 99
    message_id = client.send_execute(f"for i in range(10 ** 7): print('{line}')")
    assert client.request("kernel_info_request", channel="control")[0].content["status"] == "ok"
    found = client.gather(message_id, timeout=60)
    text = "".join(m.content["text"] for m in found if m.type == "stream")
    assert len(text) == 16 << 20
    assert text.startswith(line + "\n" + line)
    reply = next(m for m in found if m.type == "execute_reply")
    assert reply.content["ename"] == "OutputError"
    assert "more than 16 MiB" in reply.content["evalue"]
    assert client.execute("1 + 1")[0].content["status"] == "ok"


@pytest.mark.parametrize(
    "code",
    [
        "def f(n): return f(n + 1)\nf(0)",
        "f = lambda n: f(n + 1)\nf(0)",
        "class C:\n    def __len__(self): return len(self)\nlen(C())",
        "class C:\n    def __repr__(self): return repr(self)\nC()",
        "gate g(x):\n    forward:\n        return g(x)\n    backward(d):\n        return d\ng(1)",
    ],
)
def test_endless_recursion_is_an_error(launch, code):
    _, client, _ = started(launch)
    reply, _ = client.execute(code, timeout=60)
    assert reply.content["status"] == "error"
    assert reply.content["ename"] == "RecursionError", reply.content["evalue"]
    assert client.execute("1 + 1")[0].content["status"] == "ok"


def test_a_cell_of_very_many_names_has_a_table_that_fits_a_page(launch):
    _, client, _ = started(launch)
    code = "\n".join(f"a{i} = {i}" for i in range(20000))
    _, shown = client.execute(code, timeout=60)
    bundle = next(m for m in shown if m.type == "execute_result").content["data"]
    assert "a19999" in bundle["text/plain"]
    assert "19650 of 20000 rows are not shown" in bundle["text/plain"]
    assert sum(len(str(data)) for data in bundle.values()) < 1 << 20


@pytest.mark.parametrize("code", ["'a' * 17_000_000", "HTML('a' * 17_000_000)", "list(range(3_000_000))"])
def test_a_result_that_is_too_much_is_an_error(launch, code):
    _, client, _ = started(launch)
    reply, shown = client.execute(code, timeout=60)
    assert reply.content["status"] == "error"
    assert reply.content["ename"] == "OutputError", reply.content["evalue"]
    assert [m.type for m in shown if m.type in ("execute_result", "error")] == ["error"]
    assert client.execute("1 + 1")[0].content["status"] == "ok"


@only_over("tcp")
def test_what_was_freed_does_not_raise_the_limit(launch):
    kernel, client, _ = started(launch, env={"NABLA_MAX_MEMORY": "300M"})
    for _ in range(4):
        reply, _ = client.execute("n = None\nwhile True: n = [n]", timeout=60)
        assert reply.content["ename"] == "MemoryError", reply.content
        taken = float(re.search(r"takes ([0-9.]+) MiB", reply.content["evalue"])[1])
        # What the cell takes between two looks, and no more each time.
        assert taken < 350
        assert client.execute("n = None")[0].content["status"] == "ok"


@only_over("tcp")
@pytest.mark.parametrize(
    "taking, freeing",
    [
        ("s = 0\nfor i in range(3000000): s += 1", "%reset -f"),
        ("xs = [str(i) for i in range(1000000)]", "xs = None"),
    ],
    ids=["a history of the tape", "strings"],
)
def test_memory_that_cells_freed_goes_back_to_the_system(launch, taking, freeing):
    kernel, client, _ = started(launch)

    def resident():
        with open(f"/proc/{kernel.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    client.execute("1")
    first = resident()
    client.execute(taking, timeout=60)
    assert resident() > first + (60 << 20)
    client.execute(freeing, timeout=60)
    wait_for(lambda: resident() < first + (20 << 20))
