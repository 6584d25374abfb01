"""`shrinking-context`."""

from typing import Any

from generator.checks.shrinking_context import CHECK
from tests.subjects import find, places, provider, to

MODELS: dict[str, Any] = {"big": {"context_length": 32768}, "small": {"context_length": 8192}, "open": {}}


def _find(own: dict[str, Any], other: dict[str, Any]) -> list[str]:
    found = find(CHECK, {"p": provider(models=MODELS)}, {"a": own | {"fallbacks": ["b"]}, "b": other})
    assert places(found) in ([], [("models", "a", "fallbacks", 0)])
    return [finding.message for finding in found]


def test_a_shorter_context_is_told_with_both_numbers() -> None:
    """So that the reader can judge how much is lost."""
    (message,) = _find(to("p/big"), to("p/small"))
    assert "32768" in message
    assert "8192" in message


def test_a_longer_an_equal_and_an_unknown_context_are_fine() -> None:
    """Where nothing is known, nothing is concluded."""
    assert _find(to("p/small"), to("p/big")) == []
    assert _find(to("p/big"), to("p/big")) == []
    assert _find(to("p/big"), to("p/open")) == []
    assert _find(to("p/open"), to("p/small")) == []


def test_the_smallest_target_counts() -> None:
    """A prompt has to fit wherever it lands; a target without weight gets none."""
    assert _find(to("p/big", "p/small"), to("p/small")) == []
    assert len(_find(to("p/big", "p/small*0"), to("p/small"))) == 1
