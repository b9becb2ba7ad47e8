"""The conformance suite of Jupyter, with a sample for each of its tests."""

import jupyter_kernel_test


class TestKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "nabla"
    language_name = "nabla"
    file_extension = ".nabla"

    code_hello_world = "print('hello, world')"
    code_stderr = "print('a warning', file=stderr)"

    completion_samples = [
        {"text": "sigm", "matches": {"sigmoid"}},
        {"text": "cross_ent", "matches": {"cross_entropy"}},
        {"text": "lamb", "matches": {"lambda"}},
    ]

    complete_code_samples = [
        "x = 1",
        "print('hello')",
        "# only a comment",
        "def f(x):\n    return x * x\n",
        "x = [1,\n     2]",
    ]
    incomplete_code_samples = [
        "def f(x):",
        "for i in range(3):\n    print(i)",
        "x = (1 +",
        "s = '''one line",
        "y = 1 + \\",
    ]
    invalid_code_samples = ["x = = 1", "1 +* 2", "f)", "def 3f(): pass"]

    code_page_something = "exp?"
    code_generate_error = "no_such_name"

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "1 / 4", "result": "0.25"},
        {"code": "[1, 2, 3]", "mime": "text/plain"},
    ]
    code_display_data = [
        {"code": "display(HTML('<b>bold</b>'))", "mime": "text/html"},
        {"code": "display(Latex(r'$\\nabla f$'))", "mime": "text/latex"},
    ]

    code_history_pattern = "6 ? 7*"
    supported_history_operations = ("tail", "range", "search")

    code_inspect_sample = "exp"
    code_clear_output = "clear_output()"


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "nabla"
    support_iopub_welcome = True


def test_every_sample_is_given():
    """A new release of the suite may ask for more."""
    asked = {
        name
        for name, value in vars(jupyter_kernel_test.KernelTests).items()
        if not name.startswith("_") and not callable(value) and not isinstance(value, classmethod)
    }
    given = {name for name in asked if getattr(TestKernel, name)}
    assert given == asked
    names = [name for name in dir(TestKernel) if name.startswith("test_")]
    assert len(names) >= 12
