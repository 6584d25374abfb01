"""`duplicate-fallback`."""

from generator.checks.duplicate_fallback import CHECK
from tests.subjects import find, places, to


def test_a_fallback_named_twice_is_told_at_the_second() -> None:
    """By its name, and by an alias of it."""
    models = {"a": to("p/m", fallbacks=["b", "c", "b", "other"]), "b": to("p/m"), "c": to("p/m")}
    found = find(CHECK, None, models, aliases={"other": "c"})
    assert places(found) == [("models", "a", "fallbacks", 2), ("models", "a", "fallbacks", 3)]
    assert "here as `other`" in found[1].message


def test_different_fallbacks_and_the_same_in_different_chains_are_fine() -> None:
    """Only one chain is looked at; the model itself belongs to another check."""
    models = {
        "a": to("p/m", fallbacks=["b", "c"]),
        "d": to("p/m", fallbacks=["b"]),
        "b": to("p/m"),
        "c": to("p/m"),
    }
    assert not find(CHECK, None, models)
    assert not find(CHECK, None, {"a": to("p/m", fallbacks=["a", "a"])})


def test_an_unknown_fallback_named_twice_is_told_as_well() -> None:
    """What it should be does not matter for that."""
    assert len(find(CHECK, None, {"a": to("p/m", fallbacks=["x", "x"])})) == 1
