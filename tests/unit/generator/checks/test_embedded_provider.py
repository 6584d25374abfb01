"""`embedded-provider`."""

from typing import Any

import pytest

from generator.checks.embedded_provider import CHECK
from tests.subjects import find, provider

GOOD = provider("tiny", engine="llamacpp", endpoints=["http://127.0.0.1:8089"])


def _messages(entry: dict[str, Any], name: str = "embedded") -> list[str]:
    return [
        finding.message
        for finding in find(CHECK, {name: entry}, gateway={"embedded": {"provider": "embedded"}})
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8089",
        "http://127.0.0.1:8089/",
        "http://[::1]:8089",
        "http://localhost:8089",
        "http://127.9.9.9:1",
    ],
)
def test_a_llamacpp_provider_on_this_machine_is_accepted(url: str) -> None:
    """Every way to write a loopback address."""
    assert _messages(GOOD | {"endpoints": [url]}) == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"engine": "vllm"}, "has the engine `vllm`"),
        ({"models": {}}, "lists no model"),
        ({"endpoints": ["https://127.0.0.1:8089"]}, "does not speak TLS"),
        ({"endpoints": ["http://10.0.0.5:8089"]}, "cannot listen on `10.0.0.5`"),
        ({"endpoints": ["http://0.0.0.0:8089"]}, "cannot listen on `0.0.0.0`"),
        ({"endpoints": ["http://gpu.example:8089"]}, "cannot listen on `gpu.example`"),
        ({"endpoints": ["http://127.0.0.1:8089/llama"]}, "no prefix `/llama`"),
        ({"engine": "openai", "endpoints": []}, "has no endpoint"),
    ],
)
def test_what_it_cannot_serve_is_told(change: dict[str, Any], part: str) -> None:
    """Each fault has its own words."""
    assert any(part in message for message in _messages(GOOD | change))


def test_all_faults_of_an_endpoint_are_told_at_once() -> None:
    """Scheme, host and prefix are three mistakes."""
    assert len(_messages(GOOD | {"endpoints": ["https://10.0.0.5:8089/llama"]})) == 3


def test_only_the_first_endpoint_is_served() -> None:
    """Others may be anywhere."""
    assert _messages(GOOD | {"endpoints": ["http://127.0.0.1:8089", "http://10.0.0.5:8089"]}) == []


def test_providers_that_do_not_exist_or_are_not_used_are_left_to_other_checks() -> None:
    """Unknown and disabled providers have codes of their own, and without an embedded engine there is nothing to check."""
    assert _messages(GOOD, name="other") == []
    assert _messages(GOOD | {"engine": "vllm", "status": "disabled"}) == []
    assert not find(CHECK, {"embedded": GOOD | {"engine": "vllm"}})
