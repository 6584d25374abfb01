"""`wildcard-name`."""

from generator.checks.wildcard_name import CHECK
from tests.subjects import find, places, provider, to


def test_an_asterisk_in_a_name_is_told() -> None:
    """Of a public model, an alias and an engine's model."""
    found = find(CHECK, {"p": provider("m*")}, {"a*": to("p/m")}, aliases={"*": "a*"})
    assert places(found) == [("models", "a*"), ("aliases", "*"), ("providers", "p", "models", "m*")]


def test_patterns_may_have_asterisks() -> None:
    """They are regular expressions."""
    assert not find(CHECK, patterns=[{"match": ".*", "provider": "p"}])
