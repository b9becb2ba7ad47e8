"""Fixtures, imported where they are used: a second conftest would hide the one above this folder."""

import time

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


@pytest.fixture(params=["tcp", "ipc"])
def transport(request):
    return request.param


@pytest.fixture
def launch(transport):
    """Starts kernels of a test's own, and ends them."""
    started = []

    def launch(**kw):
        kernel = peers.Kernel(transport, **kw)
        started.append(kernel)
        return kernel

    yield launch
    for kernel in started:
        kernel.close()


def only_over(transport):
    """For a test that is about one of the two."""
    return pytest.mark.parametrize("transport", [transport])


def started(launch, **kw):
    """A kernel of a test's own that is ready, a client of it, and the samples of its language."""
    kernel = launch(**kw)
    client = kernel.client()
    info = client.ready()
    return kernel, client, samples.of(info["language_info"]["name"])


def fails_to_start(kernel, *expected):
    start = time.monotonic()
    kernel.start()
    assert kernel.process.wait(5) == 1
    # The bound is 0.1 s; here ten times that, as a guard.
    assert time.monotonic() - start < 1
    log = kernel.logged()
    assert len(log.strip().splitlines()) == 1, log
    for text in expected:
        assert text in log


def wait_for(what, timeout=10):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def started_with_chosen_ports(launch, count):
    """Kernels that choose their ports, all started at once: nobody else can take one meanwhile."""
    kernels = [launch(start=False) for _ in range(count)]
    for kernel in kernels:
        kernel.ask_for_ports()
        kernel.start()
    for kernel in kernels:
        wait_for(kernel.learn_ports, timeout=60)
    return kernels
