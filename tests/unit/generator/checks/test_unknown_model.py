"""`unknown-model`."""

import pytest

from generator.checks.unknown_model import CHECK
from tests.subjects import find, places, provider, to


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ("llama3.1", "llama3.1:8b"),
        ("llama3.1:8b", "llama3.1"),
        ("LLaMA3.1:8B", "llama3.1:8b"),
        ("llama3.1-8b", "llama3.1:8b"),
        ("lama3.1:8b", "llama3.1:8b"),
        ("Qwen/Qwen2.5-7B", "qwen/qwen2.5-7b"),
        ("qwen_coder", "qwen-coder"),
    ],
)
def test_a_model_that_is_spelled_differently_is_suggested(given: str, listed: str) -> None:
    """Case, separators, tags and typos."""
    (found,) = find(CHECK, {"p": provider(listed, "something-else")}, {"a": to(f"p/{given}")})
    assert found.at.keys == ("models", "a", "targets", 0, "model")
    assert found.hint == f"did you mean `{listed}`?"
    assert found.related is not None
    assert found.related.keys == ("providers", "p", "models", listed)


def test_a_model_of_another_provider_and_a_public_name_are_told_apart() -> None:
    """The hint says what the name is."""
    providers = {"p": provider("one"), "q": provider("two")}
    found = find(CHECK, providers, {"fast": to("p/one"), "b": to("p/two"), "c": to("q/fast")})
    assert "is a model of `q`, not of `p`" in (found[0].hint or "")
    assert "is a public name" in (found[1].hint or "")


def test_a_model_unlike_any_is_to_be_added() -> None:
    """Whether the provider is used makes no difference, nor does the weight of the target."""
    providers = {"p": provider("one", status="disabled")}
    found = find(CHECK, providers, {"b": to("p/mistral*0", "p/one")})
    assert found[0].hint == "add it under `models` of `p`"
    assert len(found) == 1


def test_listed_models_and_unknown_providers_are_not_told() -> None:
    """The provider has a code of its own; a pattern needs no listed model."""
    patterns = [{"match": "x", "provider": "p", "model": "anything"}]
    assert not find(CHECK, None, {"a": to("p/m"), "b": to("x/m")}, patterns=patterns)


def test_many_wrong_names_are_told_in_a_moment() -> None:
    """After the first typos no more similar names are searched for; same names in other spelling are still found."""
    names = [f"org/model-{i}:8b" for i in range(10_000)]
    models = {f"a{i}": to(f"p/org/modell-{i}:8b") for i in range(2_000)} | {"z": to("p/ORG/model-7:8B")}
    found = find(CHECK, {"p": provider(*names)}, models)
    assert len(places(found)) == 2_001
    assert found[-1].hint == "did you mean `org/model-7:8b`?"
