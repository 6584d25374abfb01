"""`zero-weights`."""

from generator.checks.zero_weights import CHECK
from tests.subjects import find, places, provider, to


def test_a_model_that_never_answers_is_told() -> None:
    """With one target, and with several."""
    providers = {"p": provider("m", "n")}
    assert places(find(CHECK, providers, {"a": to("p/m*0"), "b": to("p/m*0", "p/n*0")})) == [
        ("models", "a", "targets", 0, "weight"),
        ("models", "b", "targets", 0, "weight"),
    ]


def test_one_weight_is_enough() -> None:
    """The default weight is 1."""
    assert not find(CHECK, {"p": provider("m", "n")}, {"a": to("p/m*0", "p/n"), "b": to("p/m")})
