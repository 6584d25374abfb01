"""`unserved-capability`."""

import pytest

from generator.checks.unserved_capability import CHECK
from tests.subjects import find, places, provider


def _indexes(engine: str, *capabilities: str, status: str = "active") -> list[int | str]:
    entry = provider(engine=engine, status=status, models={"m": {"capabilities": list(capabilities)}})
    return [keys[-1] for keys in places(find(CHECK, {"p": entry}))]


@pytest.mark.parametrize(
    ("engine", "capabilities", "indexes"),
    [
        ("ollama", ["chat", "rerank"], [1]),
        ("ollama", ["rerank", "embedding"], [0]),
        ("vllm", ["completion", "tools", "vision"], [1, 2]),
        ("openai", ["embedding", "tools"], [1]),
    ],
)
def test_a_capability_that_nothing_serves_is_told(
    engine: str, capabilities: list[str], indexes: list[int]
) -> None:
    """By its engine, or because it adds to chat only."""
    assert _indexes(engine, *capabilities) == indexes


def test_what_engines_serve_is_fine() -> None:
    """All APIs of vLLM and llama.cpp, and clouds through LiteLLM."""
    every = ["chat", "completion", "embedding", "rerank", "tools", "vision"]
    assert _indexes("vllm", *every) == _indexes("llamacpp", *every) == _indexes("openai", *every) == []


def test_inactive_providers_are_not_looked_at() -> None:
    """A template may list what it likes."""
    assert _indexes("ollama", "rerank", status="template") == []
