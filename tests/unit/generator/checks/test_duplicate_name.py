"""`duplicate-name`."""

from generator.checks.duplicate_name import CHECK
from tests.subjects import find, to


def test_a_name_that_is_model_and_alias_is_told_at_the_alias() -> None:
    """With the model's place beside it."""
    (found,) = find(CHECK, None, {"m": to("p/m"), "n": to("p/m")}, aliases={"m": "n", "o": "n"})
    assert found.at.keys == ("aliases", "m")
    assert found.related is not None
    assert found.related.keys == ("models", "m")


def test_names_that_differ_in_case_are_different() -> None:
    """Names are compared as clients send them."""
    assert not find(CHECK, None, {"m": to("p/m")}, aliases={"M": "m"})
