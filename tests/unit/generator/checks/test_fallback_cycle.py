"""`fallback-cycle`."""

from generator.checks.fallback_cycle import CHECK
from tests.subjects import find, places, to


def test_a_cycle_is_told_where_it_closes() -> None:
    """With every model on the way, aliases resolved."""
    models = {
        "a": to("p/m", fallbacks=["b"]),
        "b": to("p/m", fallbacks=["c"]),
        "c": to("p/m", fallbacks=["x", "first"]),
    }
    models["x"] = to("p/m")
    found = find(CHECK, None, models, aliases={"first": "a"})
    assert places(found) == [("models", "c", "fallbacks", 1)]
    assert found[0].message == "fallbacks go round: `a` → `b` → `c` → `a`"


def test_a_cycle_that_a_chain_leads_into_is_told_without_the_chain() -> None:
    """Only the models that go round are at fault."""
    models = {
        "in": to("p/m", fallbacks=["a"]),
        "a": to("p/m", fallbacks=["b"]),
        "b": to("p/m", fallbacks=["a"]),
    }
    assert [f.message for f in find(CHECK, None, models)] == ["fallbacks go round: `a` → `b` → `a`"]


def test_models_that_share_a_fallback_make_no_cycle() -> None:
    """A diamond is read to its end on both sides."""
    models = {
        "a": to("p/m", fallbacks=["b", "c"]),
        "b": to("p/m", fallbacks=["d"]),
        "c": to("p/m", fallbacks=["d"]),
        "d": to("p/m"),
    }
    assert not find(CHECK, None, models)


def test_self_and_unknown_fallbacks_are_left_to_other_checks() -> None:
    """They are no circle of several models."""
    assert not find(CHECK, None, {"a": to("p/m", fallbacks=["a", "nothing"])})


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    """Neither open nor closed to a circle."""
    models = {f"m{i}": to("p/m", fallbacks=[f"m{i + 1}"]) for i in range(5000)}
    assert not find(CHECK, None, models | {"m5000": to("p/m")})
    found = find(CHECK, None, models | {"m5000": to("p/m", fallbacks=["m0"])})
    assert len(found) == 1
    assert len(found[0].message) < 200
