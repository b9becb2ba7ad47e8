"""Jupyter's own conformance suite, every test of it enabled, and its check of the welcome."""

import jupyter_kernel_test
import pytest
import samples
from client import kernel_argv
from jupyter_client import kernelspec


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory):
    """A kernelspec for the kernel under test, seen by this process only."""
    import json

    folder = tmp_path_factory.mktemp("kernels") / "tested"
    folder.mkdir()
    (folder / "kernel.json").write_text(
        json.dumps({"argv": kernel_argv(), "display_name": "tested", "language": "tested"})
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("JUPYTER_PATH", str(folder.parent.parent))
    patch.setattr(
        kernelspec.KernelSpecManager, "kernel_dirs", [str(folder.parent)], raising=False
    )
    patch.setattr(
        kernelspec.KernelSpecManager,
        "_kernel_dirs_default",
        lambda self: [str(folder.parent)],
        raising=False,
    )
    yield
    patch.undo()


class Suite(jupyter_kernel_test.KernelTests):
    kernel_name = "tested"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kc.kernel_info()
        info = cls.kc.get_shell_msg(timeout=15)["content"]
        name = info["language_info"]["name"]
        for attribute, value in samples.of(name).conformance.items():
            setattr(cls, attribute, value)


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "tested"
    support_iopub_welcome = True


# The bases are not collected themselves.
del jupyter_kernel_test
