"""The closest known names, as unknown.lua finds them."""

from typing import Any

import pytest

from tests.envoy.lua import script

NAMES = [
    "llama3.1:8b",
    "llama3.1:70b",
    "qwen2.5-coder:7b",
    "gpt-4o",
    "gpt-4o-mini",
    "text-embedding-3-small",
    "org/model:tag",
]


def suggestions(name: str, names: list[str]) -> list[str]:
    """What a client is told."""
    lua: Any = script("unknown")
    lua.NAMES = "\n".join(names)
    return list(lua.suggest(name).values())


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("LLAMA3.1:8B", "llama3.1:8b"),
        ("llama3.1-8b", "llama3.1:8b"),
        ("llama3.1", "llama3.1:8b"),
        ("llama3.1:latest", "llama3.1:8b"),
        ("lama3.1:70b", "llama3.1:70b"),
        ("qwen2.5-codre:7b", "qwen2.5-coder:7b"),
        ("gpt4o", "gpt-4o"),
        ("gpt-4o-mni", "gpt-4o-mini"),
        ("org_model_tag", "org/model:tag"),
        ("text-embeddings-3-small", "text-embedding-3-small"),
    ],
)
def test_the_closest_name_comes_first(name: str, first: str) -> None:
    """Case, separators and a missing tag first, then few edits; at most three."""
    found = suggestions(name, NAMES)
    assert found[0] == first
    assert len(found) <= 3


@pytest.mark.parametrize("name", ["claude", "x", "", "ü", "zzzzzzzzzzzzzzzz"])
def test_nothing_close_is_suggested_for_something_else(name: str) -> None:
    """Rather no hint than a wrong one."""
    assert suggestions(name, NAMES) == []


def test_ten_thousand_names_are_searched() -> None:
    """The near one is found among many, and the work does not grow with them."""
    names = [f"family-{number % 97}-variant-{number}" for number in range(10_000)]
    assert suggestions("family-5-varaint-102", names)[0] == "family-5-variant-102"
    assert suggestions("qwertz" * 80, names) == []
