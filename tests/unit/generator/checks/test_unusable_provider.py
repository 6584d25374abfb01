"""`unusable-provider`."""

import pytest

from generator.checks.unusable_provider import CHECK
from tests.subjects import find, places, provider, to


@pytest.mark.parametrize(("status", "word"), [("disabled", "is disabled"), ("template", "is a template")])
def test_a_use_of_an_inactive_provider_is_told(status: str, word: str) -> None:
    """By a target, whatever its weight, by a pattern, and by the embedded engine."""
    found = find(
        CHECK,
        {"p": provider("m", status=status), "q": provider("m")},
        {"a": to("q/m", "p/m*0")},
        patterns=[{"match": "x", "provider": "p"}],
        gateway={"embedded": {"provider": "p"}},
    )
    assert places(found) == [
        ("models", "a", "targets", 1, "provider"),
        ("patterns", 0, "provider"),
        ("embedded", "provider"),
    ]
    assert all(word in finding.message for finding in found)
    assert all(f.related is not None and f.related.keys == ("providers", "p", "status") for f in found)


def test_an_embedded_engine_that_never_starts_needs_no_provider() -> None:
    """Both can be switched off together."""
    gateway = {"embedded": {"provider": "p", "start": "never"}}
    assert not find(CHECK, {"p": provider("m", status="disabled")}, gateway=gateway)


def test_active_and_unknown_providers_are_not_told() -> None:
    """An unknown one is another code."""
    assert not find(CHECK, None, {"a": to("p/m", "x/m")})
