"""`shadowed-pattern`."""

from generator.checks.shadowed_pattern import CHECK
from tests.subjects import find, provider, to

PROVIDERS = {"p": provider("llama3.1:8b", "qwen"), "q": provider()}


def _shadowed(*regexes: str) -> list[int | str]:
    patterns = [{"match": regex, "provider": "p"} for regex in regexes]
    models = {"fast": to("p/qwen"), "slow": to("p/qwen")}
    return [
        f.at.keys[1] for f in find(CHECK, PROVIDERS, models, patterns=patterns, aliases={"quick": "fast"})
    ]


def test_a_pattern_behind_one_that_takes_its_names_is_told() -> None:
    """The same, a catch-all, and a wider one."""
    assert _shadowed("gpt-.*", "gpt-.*") == [1]
    assert _shadowed(".*", "gpt-.*", "llama.+") == [1, 2]
    assert _shadowed("gpt-.*", "gpt-4.*|gpt-5-[a-z]+") == [1]
    assert _shadowed("[a-z]+/.*", "(?:org|team)/(.+)") == [1]


def test_the_pattern_that_takes_the_names_is_named() -> None:
    """Its place stands in the hint."""
    patterns = [
        {"match": "x.*", "provider": "p"},
        {"match": ".+", "provider": "q"},
        {"match": "a.+", "provider": "p"},
    ]
    (found,) = find(CHECK, PROVIDERS, patterns=patterns)
    assert "`.+`" in found.message
    assert found.related is not None
    assert found.related.keys == ("patterns", 1, "match")


def test_a_pattern_for_names_that_all_exist_is_told() -> None:
    """Models and aliases are looked up before patterns."""
    assert _shadowed("fast|slow|quick") == [0]
    assert _shadowed("fast|slow|other") == []


def test_a_pattern_that_matches_anything_else_is_not() -> None:
    """Narrow before wide, side by side, overlapping, and a family of which one member exists."""
    assert _shadowed("gpt-4.*", "gpt-.*", ".*") == []
    assert _shadowed("ollama/(.+)", "vllm/(.+)") == []
    assert _shadowed("gpt-4.*", "gpt-[0-9]+-mini") == []
    assert _shadowed("fast.*") == []
    assert _shadowed("org/[a-z]+", "org/[a-z0-9]+") == []


def test_faulty_patterns_take_no_names_and_are_not_told() -> None:
    """They have a check of their own, and keep their place in the order."""
    assert _shadowed("a(b", "a.*", "ab.*") == [2]
    assert _shadowed("a(b", "c.*") == []


def test_many_patterns_are_compared_at_once() -> None:
    """A thousand families of names take a moment, not a minute."""
    assert _shadowed(*(f"family{i}/(.+)" for i in range(1000)), "family7/x.*") == [1000]
