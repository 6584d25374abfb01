"""`unknown-default-model`."""

from generator.checks.unknown_default_model import CHECK
from tests.subjects import find, places, to


def test_an_unknown_default_is_told() -> None:
    """With the name that was meant."""
    found = find(CHECK, None, {"llama": to("p/m")}, unknown_model={"answer": "default", "model": "lama"})
    assert places(found) == [("unknown_model", "model")]
    assert found[0].hint == "did you mean `llama`?"


def test_a_model_an_alias_and_no_default_are_fine() -> None:
    """An alias is resolved like anywhere else."""
    for name in ("llama", "fast"):
        default = {"answer": "default", "model": name}
        assert not find(CHECK, None, {"llama": to("p/m")}, aliases={"fast": "llama"}, unknown_model=default)
    assert not find(CHECK, None, {"llama": to("p/m")})
