"""`unknown-alias-target`."""

from generator.checks.unknown_alias_target import CHECK
from tests.subjects import find, places, to


def test_an_alias_of_nothing_is_told() -> None:
    """Also of a provider, an engine's model and a different spelling, each with its hint."""
    found = find(
        CHECK,
        None,
        {"fast": to("p/m")},
        aliases={"a": "Fast", "b": "m", "c": "p", "d": "zzz", "e": "fast", "f": "a"},
    )
    assert places(found) == [("aliases", name) for name in "abcd"]
    hints = [finding.hint or "" for finding in found]
    assert "did you mean `fast`?" in hints[0]
    assert "its public name is `fast`" in hints[1]
    assert "is a provider" in hints[2]
    assert "add it under `models`" in hints[3]
