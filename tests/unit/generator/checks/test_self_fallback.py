"""`self-fallback`."""

from generator.checks.self_fallback import CHECK
from tests.subjects import find, places, to


def test_a_model_as_its_own_fallback_is_told() -> None:
    """By its name, by an alias, and by an alias of an alias."""
    models = {"a": to("p/m", fallbacks=["b", "a", "x", "y"]), "b": to("p/m")}
    found = find(CHECK, None, models, aliases={"x": "a", "y": "x"})
    assert places(found) == [("models", "a", "fallbacks", index) for index in (1, 2, 3)]
    assert "through its alias `y`" in found[2].message


def test_other_models_and_unknown_ones_are_fine() -> None:
    """Also an alias that reaches no model."""
    models = {"a": to("p/m", fallbacks=["b", "x", "nothing"]), "b": to("p/m")}
    assert not find(CHECK, None, models, aliases={"x": "x"})
