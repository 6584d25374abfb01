"""`reserved-name`."""

from generator.checks.reserved_name import CHECK
from tests.subjects import find, places, provider, to

PROVIDERS = {"p": provider("m", "n"), "q": provider("org/m"), "off": provider("m", status="disabled")}


def test_the_name_of_another_deployment_is_told() -> None:
    """For models and aliases, also where it is one of several targets."""
    models = {"p/m": to("p/n"), "q/org/m": to("q/org/m", "p/m"), "x": to("p/m")}
    found = find(CHECK, PROVIDERS, models, aliases={"p/n": "x"})
    assert places(found) == [("models", "p/m"), ("models", "q/org/m"), ("aliases", "p/n")]


def test_the_name_of_its_own_deployment_is_fine() -> None:
    """It leads where LiteLLM takes it."""
    assert not find(CHECK, PROVIDERS, {"p/m": to("p/m"), "x": to("p/n")}, aliases={"p/n": "x"})


def test_names_of_nothing_are_free() -> None:
    """No such provider or model, or one that is not used."""
    assert not find(
        CHECK, PROVIDERS, {"p/x": to("p/m"), "z/m": to("p/m"), "off/m": to("p/m"), "p": to("p/m")}
    )


def test_a_provider_that_a_pattern_leads_to_has_every_name() -> None:
    """Its names are made from requests, so that any could be meant."""
    patterns = [{"match": "via/(.+)", "provider": "p", "model": "\\1"}]
    assert places(find(CHECK, PROVIDERS, {"p/x": to("p/m")}, patterns=patterns)) == [("models", "p/x")]


def test_a_name_without_a_slash_reads_as_no_deployment() -> None:
    """A public model may have the name of a provider, also of one that a pattern leads to."""
    patterns = [{"match": "via/(.+)", "provider": "p", "model": "\\1"}]
    assert not find(CHECK, PROVIDERS, {"p": to("p/m")}, patterns=patterns)
