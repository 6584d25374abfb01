"""Regular expressions taken apart: examples of what they match, and names that reach a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks.regex import compile_regex, full_match_set, names_for, nested_repeat, rewritten


@pytest.mark.parametrize(
    "regex",
    [
        "a",
        ".*",
        "gpt-[0-9]+(-.*)?",
        "(?:a|b(?:c|d))",
        "[^/]+/\\w{3}\\d",
        "(?P<x>a)(?<y>b)",
        "x{2,3}y{2}",
        "[[:alpha:]]?z",
        "\\S\\s\\D\\W",
    ],
)
def test_examples_match(regex: str) -> None:
    """Each is verified by RE2, and there is at least one."""
    compiled = compile_regex(regex)
    examples = list(compiled.examples())
    assert examples
    assert all(compiled.match(name) is not None for name in examples)


def test_examples_cover_every_alternative_and_what_may_be_left_out() -> None:
    """So that a pattern is not judged by one of its names."""
    assert set(compile_regex("a|b|c|d|e|f").examples()) == set("abcdef")
    assert set(compile_regex("ab?").examples()) == {"a", "ab"}


def test_a_match_is_of_the_whole_name() -> None:
    """As Envoy matches; groups that took no part are empty."""
    regex = compile_regex("a(b)?(c)?")
    assert regex.match("ac") == ("ac", "", "c")
    assert regex.match("acd") is None
    assert regex.match("xac") is None


@pytest.mark.parametrize(
    ("rewrite", "groups", "name"),
    [
        ("\\1", ("ab", "b"), "b"),
        ("\\0-\\1", ("ab", "b"), "ab-b"),
        ("x", ("ab",), "x"),
        ("\\\\1", ("ab", "b"), "\\1"),
        ("\\9", ("ab",), ""),
    ],
)
def test_a_rewrite_puts_groups_in_their_places(rewrite: str, groups: tuple[str, ...], name: str) -> None:
    """In RE2's notation."""
    assert rewritten(rewrite, groups) == name


@given(
    st.text(min_size=1, max_size=20),
    st.sampled_from([("via/(.+)", "\\1"), ("(.+)@(a|b)", "\\1"), ("(?s)x(.*)", "\\1"), ("(.+)", "\\0")]),
)
def test_a_name_that_reaches_a_model_does_reach_it(model: str, pattern: tuple[str, str]) -> None:
    """Whatever is found is what a request with that name would ask the engine for."""
    regex = compile_regex(pattern[0])
    for name in names_for(regex, pattern[1], model):
        groups = regex.match(name)
        assert groups is not None
        assert rewritten(pattern[1], groups) == model


def test_the_set_of_all_keeps_the_indexes_of_those_that_do_not_compile() -> None:
    """So that an index means the same pattern everywhere."""
    regexes = [compile_regex(source) for source in ("a(b", "a.*", "ab")]
    assert set(full_match_set(regexes).Match("ab")) == {1, 2}
    assert not full_match_set(regexes).Match("x")


@given(st.text(alphabet="ab()[]{}|*+?.\\^$-:1,P<>=!iQE", max_size=25))
def test_no_expression_breaks_the_analysis(source: str) -> None:
    """What RE2 refuses has a fault; of the rest, everything that is asked of it is answered."""
    regex = compile_regex(source)
    assert (regex.compiled is None) == (regex.fault is not None)
    if regex.tree is not None:
        nested_repeat(regex.tree)
        assert all(regex.match(name) is not None for name in regex.examples())
    list(names_for(regex, None, "ab"))
    list(names_for(regex, "\\1", "ab"))
