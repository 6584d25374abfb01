"""`bad-rewrite`."""

import pytest

from generator.checks.bad_rewrite import CHECK
from tests.subjects import find


def _messages(match: str, model: str | None) -> list[str]:
    pattern = {"match": match, "provider": "p"} | ({"model": model} if model is not None else {})
    return [finding.message for finding in find(CHECK, patterns=[pattern])]


@pytest.mark.parametrize(
    ("match", "model", "part"),
    [
        ("a/.+", "\\1", "group \\1, and `match` has no group"),
        ("a/(.+)", "x-\\2", "group \\2, and `match` has 1 group"),
        ("(a)/(?:b)(.+)", "\\3", "group \\3, and `match` has 2 groups"),
        ("a/(.+)", "\\d", "`\\d` means nothing"),
        ("a/(.+)", "\\1\\", "`\\` means nothing"),
    ],
)
def test_what_a_rewrite_cannot_mean_is_told(match: str, model: str, part: str) -> None:
    """Groups are counted as RE2 counts them, without those that capture nothing."""
    (message,) = _messages(match, model)
    assert part in message


@pytest.mark.parametrize("model", [None, "\\0", "\\1", "\\1:\\1", "plain", "\\\\1", "a\\\\b"])
def test_what_it_can_mean_is_accepted(model: str | None) -> None:
    """The whole name, groups in any number, and escaped backslashes."""
    assert _messages("via/(.+)", model) == []


def test_the_same_fault_is_told_once_and_each_fault_for_itself() -> None:
    """A group used twice is one mistake; two groups are two."""
    assert len(_messages("a", "\\1\\1")) == 1
    assert len(_messages("a", "\\1\\2")) == 2


def test_a_regex_that_does_not_compile_is_left_to_its_own_check() -> None:
    """Without groups to count there is nothing to say."""
    assert _messages("a(b", "\\1") == []
