"""`unknown-engine`."""

import pytest

from generator.checks.unknown_engine import _OTHER_NAMES, CHECK
from schemas.engines import ENGINE_NAMES
from tests.subjects import find, places, provider


@pytest.mark.parametrize(
    ("engine", "meant"),
    [
        ("llama.cpp", "llamacpp"),
        ("llama-server", "llamacpp"),
        ("vLLM", "vllm"),
        ("Ollama", "ollama"),
        ("openai_compatible", "openai-compatible"),
        ("LM Studio", "openai-compatible"),
        ("text-generation-inference", "tgi"),
        ("anthropics", "anthropic"),
        ("vertex-ai", "vertex_ai"),
        ("claude", "anthropic"),
    ],
)
def test_other_names_of_engines_lead_to_the_right_one(engine: str, meant: str) -> None:
    """Also spelling, case and separators."""
    (found,) = find(CHECK, {"p": provider(engine=engine)})
    assert found.at.keys == ("providers", "p", "engine")
    assert found.hint == f"did you mean `{meant}`?"


def test_a_name_like_no_other_lists_the_local_engines() -> None:
    """There are too many others to list."""
    (found,) = find(CHECK, {"p": provider(engine="my-own-server")})
    assert "openai-compatible" in (found.hint or "")


def test_every_known_engine_is_accepted() -> None:
    """Whatever the provider's status is, an unknown one is told."""
    assert not find(CHECK, {f"p{i}": provider(engine=name) for i, name in enumerate(ENGINE_NAMES)})
    assert places(find(CHECK, {"p": provider(engine="x", status="template")})) == [
        ("providers", "p", "engine")
    ]


def test_other_names_are_not_engines_themselves_and_lead_to_some() -> None:
    """A table of suggestions that suggests nothing would mislead."""
    assert not set(_OTHER_NAMES) & set(ENGINE_NAMES)
    assert set(_OTHER_NAMES.values()) <= set(ENGINE_NAMES)
