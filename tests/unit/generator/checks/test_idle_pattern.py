"""`idle-pattern`."""

import pytest

from generator.checks.idle_pattern import CHECK
from tests.subjects import find, places, provider


def _is_idle(match: str, model: str | None = None, *names: str) -> bool:
    pattern = {"match": match, "provider": "p"} | ({"model": model} if model is not None else {})
    found = find(CHECK, {"p": provider(*(names or ("llama3.1:8b", "org/qwen-7b")))}, patterns=[pattern])
    assert places(found) in ([], [("patterns", 0, "match")])
    return bool(found)


@pytest.mark.parametrize(
    ("match", "model"),
    [
        ("olama.*", None),
        ("llama3", None),
        ("gpt-(.+)", "\\0"),
        ("via/([0-9]+)", "\\1"),
        ("via/(.+)", "x-\\1"),
        ("fast", "unknown"),
    ],
)
def test_a_pattern_that_reaches_no_listed_model_is_told(match: str, model: str | None) -> None:
    """By passing the name through, or by any rewrite."""
    assert _is_idle(match, model)


@pytest.mark.parametrize(
    ("match", "model"),
    [
        ("llama.*", None),
        (".*", None),
        ("via/(.+)", "\\1"),
        ("(?:a|via)/(?P<name>.+)", "\\1"),
        ("(?i)VIA/([a-z0-9.]+)-([0-9a-z]+)", "\\1:\\2"),
        ("qwen-([0-9]+b)", "org/qwen-\\1"),
        ("fast|quick", "llama3.1:8b"),
        ("(llama3).*", "\\1.1:8b"),
        ("x{3}-(.+)[!-]?", "\\1"),
        ("[^/]+/(.+)/\\d+", "org/\\1"),
    ],
)
def test_a_pattern_that_reaches_one_is_fine(match: str, model: str | None) -> None:
    """A name that leads to a listed model is found whatever surrounds the group."""
    assert not _is_idle(match, model)


def test_providers_without_models_or_with_very_many_are_not_looked_at() -> None:
    """There is nothing to compare with, or too much."""
    patterns = [{"match": "x", "provider": "p"}]
    assert not find(CHECK, {"p": provider()}, patterns=patterns)
    assert find(CHECK, {"p": provider(*(f"m{i}" for i in range(1000)))}, patterns=patterns)
    assert not find(CHECK, {"p": provider(*(f"m{i}" for i in range(1001)))}, patterns=patterns)


def test_faulty_patterns_are_left_to_other_checks() -> None:
    """Those that do not compile, refer to no group, go nowhere, or that Python cannot read."""
    assert not _is_idle("a(b")
    assert not _is_idle("a", "\\1")
    assert not _is_idle("\\Qa\\E")
    assert not find(CHECK, patterns=[{"match": "x", "provider": "unknown"}])
