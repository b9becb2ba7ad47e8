"""CURVE and the handshake's version as jupyter_client itself uses them."""

import pytest
from jupyter_client import KernelManager
from jupyter_client.kernelspec import get_kernel_spec


def test_the_kernelspec_says_what_the_kernel_can():
    spec = get_kernel_spec("nabla")
    assert spec.kernel_protocol_version == "5.6"
    assert spec.metadata == {"debugger": False, "supported_encryption": ["curve"]}


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
@pytest.mark.parametrize("policy", ["required", "auto", "disabled"])
def test_jupyter_client_encrypts_where_it_is_asked_to(transport, policy):
    manager = KernelManager(
        kernel_name="nabla", transport=transport, transport_encryption=policy
    )
    manager.start_kernel()
    client = manager.client()
    try:
        assert (client.curve_publickey is not None) == (policy != "disabled")
        client.start_channels()
        client.wait_for_ready(timeout=20)
        reply = client.execute_interactive("1 + 1", output_hook=lambda message: None, timeout=20)
        assert reply["content"]["status"] == "ok"
        assert client.hb_channel.is_beating()
        # The keys stay the same, as do the client's sockets.
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=20)
        assert client.kernel_info(reply=True, timeout=20)["content"]["protocol_version"] == "5.6"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)
