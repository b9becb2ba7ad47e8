"""Code samples by language: the protocol tests say what a cell is to do, this table says how.

A kernel names its language in kernel_info_reply; `of(name)` gives its samples.
"""

from types import SimpleNamespace

NABLA = SimpleNamespace(
    names_cells=True,
    trivial="x = 1",
    value=("1 + 2", "3"),
    say=lambda text: f"print({text!r})",
    warn=lambda text: f"print({text!r}, file=stderr)",
    lines=lambda n: f"for i in range({n}):\n    print('line', i)",
    alternate=lambda n: (
        f"for i in range({n}):\n"
        "    if i % 2 == 0:\n        print(i)\n"
        "    else:\n        print(i, file=stderr)"
    ),
    # So many MiB of text, and so many displays of a MiB.
    flood=lambda n: f"s = 'x' * {(1 << 20) - 1}\nfor i in range({n}):\n    print(s)",
    displays=lambda n: f"for i in range({n}):\n    display(HTML('x' * {1 << 20}))",
    fail="raise ValueError('bad')",
    loop="while True:\n    pass",
    # Catches even an interrupt, so that only the end of the process ends it.
    deaf="while True:\n    try:\n        while True:\n            pass\n    except:\n        pass",
    # Asks for input once it was interrupted.
    rescue="try:\n    while True: pass\nexcept KeyboardInterrupt:\n    print('got', input('name? '))",
    compute=lambda ms: f"import time\nend = time.time() + {ms / 1000}\nwhile time.time() < end:\n    pass",
    ask=lambda prompt: f"print('got', input({prompt!r}))",
    html=("display(HTML('<b>x</b>'))", "<b>x</b>"),
    show="display(HTML('<b>1</b>'), display_id='d1')",
    update="display(HTML('1'), display_id='d2')\nupdate_display(HTML('<i>2</i>'), 'd2')",
    updated="<i>2</i>",
    clear="clear_output()",
    clear_later="clear_output(wait=True)",
    password=lambda prompt: f"print('got', getpass({prompt!r}))",
    page="sigmoid?",
    expression=("1 + 1", "2"),
    bad_expression="no_such_name_anywhere",
    complete="sigm",
    completion="sigmoid",
    inspect="sigmoid",
    is_complete=("x = 1", "for i in range(3):", "x = = 1"),
)

ECHO = SimpleNamespace(
    names_cells=False,
    trivial="pass",
    value=("hello", "hello"),
    say=lambda text: f"print:{text}",
    warn=lambda text: f"stderr:{text}",
    lines=lambda n: f"lines:{n}",
    alternate=lambda n: f"alternate:{n}",
    flood=lambda n: f"flood:{n << 10}",
    displays=lambda n: "\n".join(["html:" + "x" * (1 << 20)] * n),
    fail="error:bad",
    loop="loop",
    deaf="deaf",
    compute=lambda ms: f"compute:{ms}",
    ask=lambda prompt: f"input:{prompt}",
    html=("html:<b>x</b>", "<b>x</b>"),
    show="show:d1",
    update="show:d2\nupdate:d2",
    updated="second",
    clear="clear",
    clear_later="clear:wait",
    password=lambda prompt: f"password:{prompt}",
    page="page:text",
    expression=("2", "2"),
    bad_expression="error",
    complete="pri",
    completion="print",
    inspect="print",
    is_complete=("x", "x {", "x }"),
)


def of(language):
    return {"nabla": NABLA, "echo": ECHO}[language]
