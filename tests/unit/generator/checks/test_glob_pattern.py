"""`glob-pattern`."""

import pytest

from generator.checks.glob_pattern import CHECK
from tests.subjects import find


@pytest.mark.parametrize("regex", ["ollama/*", "gpt-*", "org:*", "a_*"])
def test_a_file_name_wildcard_is_told_with_what_was_meant(regex: str) -> None:
    """The hint is the pattern to write."""
    (found,) = find(CHECK, patterns=[{"match": regex, "provider": "p"}])
    assert f"`{regex[:-1]}.*`" in (found.hint or "")


@pytest.mark.parametrize("regex", ["ollama/.*", "[a-z/-]*", "a\\-*", "/*x", "a*", "(a-)*"])
def test_regular_expressions_are_left_alone(regex: str) -> None:
    """A separator that is repeated on purpose stands in a class or is escaped."""
    assert not find(CHECK, patterns=[{"match": regex, "provider": "p"}])
