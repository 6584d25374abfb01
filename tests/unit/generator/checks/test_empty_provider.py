"""`empty-provider`."""

from generator.checks.empty_provider import CHECK
from tests.subjects import find, places, provider


def test_an_active_provider_that_nothing_can_reach_is_told() -> None:
    """It has no model, and no pattern names it."""
    assert places(find(CHECK, {"p": provider("m"), "q": provider()})) == [("providers", "q")]


def test_a_pattern_is_enough() -> None:
    """Names then come from requests."""
    assert not find(CHECK, {"q": provider()}, patterns=[{"match": ".+", "provider": "q"}])


def test_inactive_providers_may_be_empty() -> None:
    """A template is an example."""
    assert not find(CHECK, {"q": provider(status="template"), "r": provider(status="disabled")})
