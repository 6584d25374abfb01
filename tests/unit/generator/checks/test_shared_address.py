"""`shared-address`."""

import pytest

from tests.findings import findings


def _two(first: str, second: str) -> list[str]:
    return findings("shared-address", providers=f"providers:\n  a: {{{first}}}\n  b: {{{second}}}")


def test_one_server_under_two_names() -> None:
    """The second provider is told, at its endpoint, whose address it has."""
    found = _two(
        "engine: vllm, endpoints: ['http://localhost:8000']",
        "engine: llamacpp, endpoints: ['http://127.0.0.1:8000/']",
    )
    assert found == ["error providers.yaml:4:37 `b` is at the address of `a`"]


def test_any_endpoint_counts() -> None:
    """Copies are compared one by one."""
    found = _two(
        "engine: vllm, endpoints: ['http://x:1', 'http://y:1']",
        "engine: vllm, endpoints: ['http://z:1', 'http://y:1']",
    )
    assert [line.split(" ", 2)[2] for line in found] == ["`b` is at the address of `a`"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("engine: vllm, endpoints: ['http://x:1/a']", "engine: vllm, endpoints: ['http://x:1/b']"),
        (
            "engine: vllm, endpoints: ['http://x:1']",
            "engine: vllm, status: disabled, endpoints: ['http://x:1']",
        ),
        (
            "engine: vllm, endpoints: ['http://x:1']",
            "engine: vllm, status: template, endpoints: ['http://x:1']",
        ),
        ("engine: openai, endpoints: ['https://x']", "engine: anthropic, endpoints: ['https://x']"),
        (
            "engine: ollama, api_key: '${A}', endpoints: ['https://x']",
            "engine: ollama, api_key: '${B}', endpoints: ['https://x']",
        ),
    ],
)
def test_what_may_share_a_host(first: str, second: str) -> None:
    """Prefixes, accounts and a cloud's dialects are told apart; what is not active uses nothing."""
    assert not _two(first, second)


def test_a_provider_that_repeats_itself_is_another_matter() -> None:
    """`duplicate-endpoint` tells about one provider alone."""
    assert not _two(
        "engine: vllm, endpoints: ['http://x:1', 'http://x:1']", "engine: vllm, endpoints: ['http://y:1']"
    )
