"""Code samples by language: the protocol tests say what a cell is to do, this table says how.

A kernel names its language in kernel_info_reply; `of(name)` gives its samples.
"""

from types import SimpleNamespace

NABLA = SimpleNamespace(
    trivial="x = 1",
    value=("1 + 2", "3"),
    say=lambda text: f"print({text!r})",
    warn=lambda text: f"print({text!r}, file=stderr)",
    lines=lambda n: f"for i in range({n}):\n    print('line', i)",
    alternate=lambda n: f"for i in range({n}):\n    print(i, file=stdout if i % 2 == 0 else stderr)",
    fail="raise ValueError('bad')",
    loop="while True:\n    pass",
    # Catches even an interrupt, so that only the end of the process ends it.
    deaf="while True:\n    try:\n        while True:\n            pass\n    except:\n        pass",
    compute=lambda ms: f"import time\nend = time.time() + {ms / 1000}\nwhile time.time() < end:\n    pass",
    ask=lambda prompt: f"print('got', input({prompt!r}))",
    html=("display(HTML('<b>x</b>'))", "<b>x</b>"),
    show="display(HTML('<b>1</b>'), display_id='d1')",
    clear="clear_output()",
    page="sigmoid?",
    expression=("1 + 1", "2"),
    bad_expression="no_such_name_anywhere",
    complete="sigm",
    completion="sigmoid",
    inspect="sigmoid",
    is_complete=("x = 1", "for i in range(3):", "x = = 1"),
    stderr_name="stderr",
    conformance=dict(
        language_name="nabla",
        file_extension=".nabla",
        code_hello_world="print('hello, world')",
        code_stderr="print('test', file=stderr)",
        completion_samples=[{"text": "sigmoi", "matches": {"sigmoid"}}],
        complete_code_samples=["1", "print('hello, world')", "def f(x):\n    return x * 2\n\n"],
        incomplete_code_samples=["print('''hello", "def f(x):\n    x * 2", "f(1,"],
        invalid_code_samples=["import = 7q", "x = = 1"],
        code_page_something="sigmoid?",
        code_generate_error="raise ValueError('bad')",
        code_execute_result=[
            {"code": "1 + 2 + 3", "result": "6"},
            {"code": "[n * n for n in range(1, 4)]", "result": "[1, 4, 9]"},
        ],
        code_display_data=[
            {"code": "display(HTML('<b>test</b>'))", "mime": "text/html"},
            {"code": "display(Latex('$x^2$'))", "mime": "text/latex"},
        ],
        code_history_pattern="1 ? 2*",
        supported_history_operations=("tail", "range", "search"),
        code_inspect_sample="sigmoid",
        code_clear_output="clear_output()",
    ),
)

ECHO = SimpleNamespace(
    trivial="pass",
    value=("hello", "hello"),
    say=lambda text: f"print:{text}",
    warn=lambda text: f"stderr:{text}",
    lines=lambda n: f"lines:{n}",
    alternate=lambda n: f"alternate:{n}",
    fail="error:bad",
    loop="loop",
    deaf="deaf",
    compute=lambda ms: f"compute:{ms}",
    ask=lambda prompt: f"input:{prompt}",
    html=("html:<b>x</b>", "<b>x</b>"),
    show="show:d1",
    clear="clear",
    page="page:text",
    expression=("2", "2"),
    bad_expression="error",
    complete="pri",
    completion="print",
    inspect="print",
    is_complete=("x", "x {", "x }"),
    conformance=dict(
        language_name="echo",
        file_extension=".echo",
        code_hello_world="print:hello, world",
        code_stderr="stderr:test",
        completion_samples=[{"text": "pas", "matches": {"pass", "password"}}],
        complete_code_samples=["1"],
        incomplete_code_samples=["x {"],
        invalid_code_samples=["x }"],
        code_page_something="page:text",
        code_generate_error="error:bad",
        code_execute_result=[
            {"code": "1 + 2 + 3", "result": "1 + 2 + 3"},
            {"code": "abc", "result": "abc"},
        ],
        code_display_data=[{"code": "html:<b>test</b>", "mime": "text/html"}],
        code_history_pattern="1 ? 2*",
        supported_history_operations=("tail", "range", "search"),
        code_inspect_sample="print",
        code_clear_output="clear",
    ),
)


def of(language):
    return {"nabla": NABLA, "echo": ECHO}[language]
