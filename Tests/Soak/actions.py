"""What a soak does: each action asks the kernel for something and checks the answer.

An action gives how many cells it ran. What it leaves behind is bounded: names and displays come from small
sets, so that a kernel that loses nothing has nothing to grow by.
"""

DELIMITER = b"<IDS|MSG>"
NAMES = 100

# Each group is run as one cell; what one leaves, the next may use.
CELLS = [
    "x = 1",
    "x = 3; y = -4\nq = x * y + x\nbackward(q)",
    "W = param(randn(20, 30)); s = W @ ones(30)\nf = sum(s * s)\nbackward(f)",
    "h = tanh(randn(40, 50)); h",
    "w = param(zeros(3))\nfor step in range(20):\n    loss = sum((w - 1) ** 2)\n    backward(loss)\n"
    "    w -= 0.1 * w.grad",
    "def f(x):\n    def go(n):\n        return x * go(n - 1) if n > 0 else 1\n    return go(3)\nf(2)",
    "class A:\n    def __init__(self): self.x = 1\nclass B(A):\n    def __init__(self):\n"
    "        super().__init__()\nB().x",
    "gate twice(x):\n    forward:\n        return 2 * x\n    backward(dz):\n        return 2 * dz\n"
    "z = twice(4)\nbackward(z)",
    "J = jacobian(relu)(linspace(-1, 1, 50)); J",
    "{k: [i * 2 for i in range(k)] for k in range(5)}",
    "try:\n    [][1]\nexcept IndexError as e:\n    print(e)",
    "gradcheck(lambda x: sum(x ** 2), ones(3))",
    "display(HTML('<b>x</b>'))\ndisplay(Latex('$x$'))",
    "display(HTML('1'), display_id='d')\nclear_output()",
    "sigmoid?",
    "%who",
    "a = solve(randn(8, 8) + 8 * eye(8), ones(8)); a[0]",
]

ERRORS = [
    "1 +",
    "no_such_name",
    "raise ValueError('bad')",
    "ones((2, 3)) @ ones((2, 3))",
    "def r(n): return r(n + 1)\nr(0)",
    "log('x')",
    "%no_such_magic",
]


def awaited(client, kind):
    """The next message of a type; what comes before it is dropped."""
    while (message := client.receive(10)) is not None and message.type != kind:
        pass
    assert message is not None, f"no {kind} came"
    return message


def cell(client, random, number):
    reply, _ = client.execute(random.choice(CELLS), timeout=60)
    assert reply.content["status"] == "ok", reply.content
    return 1


def name(client, random, number):
    reply, _ = client.execute(f"name_{number % NAMES} = {number}")
    assert reply.content["status"] == "ok", reply.content
    return 1


def error(client, random, number):
    reply, iopub = client.execute(random.choice(ERRORS), timeout=60)
    assert reply.content["status"] == "error", reply.content
    assert [m.type for m in iopub].count("error") == 1
    return 1


def lines(client, random, number):
    reply, iopub = client.execute(
        "for i in range(50):\n    print('line', i)\nprint('end', file=stderr)"
    )
    text = "".join(m.content["text"] for m in iopub if m.type == "stream")
    assert text.count("\n") == 51, text
    return 1


def quiet(client, random, number):
    """Silent, unstored, and with expressions."""
    client.execute("x = 2", silent=True)
    client.execute("x = 2", store_history=False)
    reply, _ = client.execute("", user_expressions={"a": "x + 1", "b": "no_such_name"})
    assert reply.content["user_expressions"]["a"]["status"] == "ok", reply.content
    return 3


def answered(client, random, number):
    """A cell that asks for a line."""
    request = client.send_execute("print(input('? '))", allow_stdin=True)
    message = awaited(client, "input_request")
    client.send("input_reply", {"value": "typed", "status": "ok"}, "stdin", parent=message.header)
    messages = client.gather(request)
    assert "typed\n" in [m.content.get("text") for m in messages if m.type == "stream"]
    return 1


def queries(client, random, number):
    client.request("complete_request", {"code": "np.si", "cursor_pos": 5})
    client.request("complete_request", {"code": "na", "cursor_pos": 2})
    client.request("inspect_request", {"code": "sigmoid", "cursor_pos": 3, "detail_level": 1})
    client.request("is_complete_request", {"code": "for i in x:"})
    client.request("history_request", {"hist_access_type": "tail", "n": 5, "raw": True})
    client.request("comm_info_request")
    client.request("kernel_info_request", channel="control")
    return 0


def queue(client, random, number):
    """Cells that wait behind one that fails, which aborts them; then one that runs."""
    codes = ["x = 1", "x = 2", "1/[]", "x = 3", "x = 4"]
    requests = [client.send_execute(code) for code in codes]
    for request in requests:
        client.gather(request)
    reply, _ = client.execute("x")
    assert reply.content["status"] == "ok", reply.content
    return len(codes) + 1


def interrupt(client, random, number):
    # Nothing that depends on its last turn: such history is kept, up to the tape's budget.
    request = client.send_execute("print('on')\nwhile True:\n    y = 2 + 3")
    awaited(client, "stream")
    client.request("interrupt_request", channel="control")
    reply = next(m for m in client.gather(request) if m.type == "execute_reply")
    assert reply.content["ename"] == "KeyboardInterrupt", reply.content
    return 1


def comm(client, random, number):
    """A comm for a target that nobody serves, which is closed at once."""
    content = {"comm_id": f"comm-{number}", "target_name": "nobody", "data": {}}
    client.request("comm_open", content, reply=False)
    client.request("comm_msg", {"comm_id": f"comm-{number}", "data": {}}, reply=False)
    return 0


def nonsense(client, random, number):
    """What has no valid signature, and what has one but makes no sense."""
    client.sockets["shell"].send_multipart([DELIMITER, b"00", b"{}", b"{}", b"{}", b"{}"])
    client.sockets["shell"].send_multipart([b"x"])
    reply, _ = client.request("execute_request", {"code": 7})
    assert reply.content["status"] == "error", reply.content
    return 0


# How often each is done, beside the others.
ACTIONS = [
    (cell, 40),
    (name, 10),
    (error, 6),
    (lines, 4),
    (quiet, 4),
    (queries, 4),
    (queue, 3),
    (answered, 2),
    (interrupt, 2),
    (comm, 2),
    (nonsense, 1),
]
