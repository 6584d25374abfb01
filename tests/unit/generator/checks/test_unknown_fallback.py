"""`unknown-fallback`."""

from generator.checks.unknown_fallback import CHECK
from tests.subjects import find, places, provider, to


def test_an_unknown_fallback_is_told() -> None:
    """A name that only a pattern knows is none either, and the hint says so."""
    models = {"a": to("p/m", fallbacks=["b", "B", "fast", "via/x"]), "b": to("p/m")}
    patterns = [{"match": "via/(.+)", "provider": "p"}]
    found = find(CHECK, None, models, aliases={"fast": "b"}, patterns=patterns)
    assert places(found) == [("models", "a", "fallbacks", 1), ("models", "a", "fallbacks", 3)]
    assert "did you mean `b`?" in (found[0].hint or "")
    assert "only the pattern `via/(.+)` knows it" in (found[1].hint or "")


def test_a_model_that_nothing_maps_is_pointed_at() -> None:
    """The hint names its provider, since there is no public name to suggest."""
    (found,) = find(CHECK, {"p": provider("m", "n")}, {"a": to("p/m", fallbacks=["n"])})
    assert "which no public model has as a target" in (found.hint or "")
    assert found.related is not None
    assert found.related.keys == ("providers", "p", "models", "n")
