"""`plain-http`."""

import pytest

from tests.findings import findings


def _found(url: str, more: str = "") -> list[str]:
    return findings("plain-http", providers=f"providers: {{a: {{engine: vllm, endpoints: ['{url}']{more}}}}}")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://10.1.2.3:1", "http://172.31.0.1:1", "http://192.168.0.9:1",
        "http://169.254.1.1:1", "http://100.64.0.7:1", "http://[fd12::1]:1", "http://[fe80::1]:1", "http://gpu:1", "http://gpu.lan:1",
        "http://gpu.local:1", "http://vllm.default.svc.cluster.local:1", "http://GPU.internal.:1", "http://gpu.home.arpa:1",
        "https://gpu.example:1", "https://8.8.8.8:1",
    ],
)  # fmt: skip
def test_private_or_encrypted(url: str) -> None:
    """What stays on a private network may be plain."""
    assert not _found(url, ", api_key: '${K}'")


@pytest.mark.parametrize(
    "host", ["gpu.example.com", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "localhost.example", "notlan.xlan"]
)
def test_public(host: str) -> None:
    """Everything else is the Internet, as far as its name says."""
    shown = host.strip("[]")
    assert _found(f"http://{host}:1") == [
        f"warning providers.yaml:2:43 every prompt is sent to `{shown}` without encryption"
    ]


def test_what_is_sent_along() -> None:
    """A key, or a header that is a secret, is named."""
    assert "the `api_key` and every prompt are sent to" in _found("http://x.example", ", api_key: '${K}'")[0]
    assert (
        "the header `X-Sig` and every prompt are sent"
        in _found("http://x.example", ", headers: {X-A: b, X-Sig: '${K}'}")[0]
    )


def test_unused_providers() -> None:
    """Nothing is sent to them."""
    assert not _found("http://x.example", ", status: template")
