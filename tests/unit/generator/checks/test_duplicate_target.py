"""`duplicate-target`."""

from generator.checks.duplicate_target import CHECK
from tests.subjects import find, places, provider, to


def test_the_second_of_two_equal_targets_is_told() -> None:
    """Whatever their weights."""
    assert places(find(CHECK, None, {"a": to("p/m*1", "p/m*5")})) == [("models", "a", "targets", 1)]


def test_the_same_model_elsewhere_is_another_target() -> None:
    """On another provider, or of another public model."""
    providers = {"p": provider("m", "n"), "q": provider("m")}
    assert not find(CHECK, providers, {"a": to("p/m", "q/m", "p/n"), "b": to("p/m")})
