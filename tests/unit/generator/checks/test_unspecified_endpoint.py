"""`unspecified-endpoint`."""

import pytest

from tests.findings import diagnostics_of


def _hint(url: str) -> list[str | None]:
    providers = f"providers: {{a: {{engine: vllm, endpoints: ['{url}']}}}}"
    return [d.hint for d in diagnostics_of("unspecified-endpoint", providers=providers)]


@pytest.mark.parametrize(
    ("url", "better"),
    [
        ("http://0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("https://[::]:8000/x/", "https://[::1]:8000/x"),
    ],
)
def test_an_address_to_listen_on(url: str, better: str) -> None:
    """The hint is the loopback address of the same family."""
    assert _hint(url) == [f"write {better}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://10.0.0.0:8000"])
def test_an_address_to_connect_to(url: str) -> None:
    """Everything else is left alone."""
    assert not _hint(url)
