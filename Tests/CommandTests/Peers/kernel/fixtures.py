"""Fixtures, imported where they are used: a second conftest would hide the one above this folder."""

import client as peers
import pytest
import samples


@pytest.fixture(params=["tcp", "ipc"], scope="module")
def kernel(request):
    """A kernel that the tests of a module share."""
    kernel = peers.Kernel(request.param)
    kernel.language = samples.of(kernel.client().ready()["language_info"]["name"])
    yield kernel
    kernel.close()


@pytest.fixture
def client(kernel):
    client = kernel.client()
    client.ready()
    yield client
    client.close()
    kernel.clients.remove(client)


@pytest.fixture
def code(kernel):
    """The code samples of the kernel's language."""
    return kernel.language


@pytest.fixture
def launch():
    """Starts kernels of a test's own, and ends them."""
    started = []

    def launch(*args, **kw):
        kernel = peers.Kernel(*args, **kw)
        started.append(kernel)
        return kernel

    yield launch
    for kernel in started:
        kernel.close()
