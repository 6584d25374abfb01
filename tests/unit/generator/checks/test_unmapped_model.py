"""`unmapped-model`."""

from generator.checks.unmapped_model import CHECK
from tests.subjects import find, places, provider, to


def test_a_model_that_nothing_leads_to_is_told() -> None:
    """The same name on another provider is another model."""
    providers = {"p": provider("m", "n"), "q": provider("m")}
    found = find(CHECK, providers, {"a": to("p/m")})
    assert places(found) == [("providers", "p", "models", "n"), ("providers", "q", "models", "m")]


def test_patterns_inactive_providers_and_targets_without_weight_count() -> None:
    """What a pattern may reach, what is not used, and what is kept out on purpose is not told."""
    providers = {"p": provider("m"), "q": provider("m", status="disabled"), "r": provider("m", "n")}
    assert not find(CHECK, providers, {"a": to("r/m", "r/n*0")}, patterns=[{"match": "x", "provider": "p"}])


def test_what_a_mistyped_target_may_have_meant_is_left_to_its_own_check() -> None:
    """One mistake is told once: a wrong model leaves out its provider, a wrong provider all of them."""
    providers = {"p": provider("m"), "q": provider("n")}
    assert places(find(CHECK, providers, {"a": to("p/mm")})) == [("providers", "q", "models", "n")]
    assert not find(CHECK, providers, {"a": to("pp/m")})
