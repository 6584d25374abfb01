"""`bad-regex`."""

import pytest

from generator.checks.bad_regex import CHECK
from tests.subjects import find


@pytest.mark.parametrize(
    ("regex", "message", "hint"),
    [
        ("a(b", "missing )", "close every bracket"),
        ("a)b", "unexpected )", "close every bracket"),
        ("[a", "missing ]", "close every bracket"),
        ("(?=a)b", "invalid perl operator at character 1", "no look-ahead"),
        ("x(?<!a)b", "invalid perl operator at character 2", "no look-ahead"),
        ("(a)\\1", "invalid escape sequence at character 4", "no back-references"),
        ("*", "no argument for repetition operator", "write `.*`"),
        ("a{2000}", "invalid repetition size at character 2", "google/re2"),
        ("é[z-a]", "invalid character class range at character 3", "google/re2"),
    ],
)
def test_what_re2_refuses_is_told_with_its_reason(regex: str, message: str, hint: str) -> None:
    """RE2's reason, where in the expression it is, and what to do about the frequent ones."""
    (found,) = find(CHECK, patterns=[{"match": regex, "provider": "p"}])
    assert message in found.message
    assert hint in (found.hint or "")
    assert found.at.keys == ("patterns", 0, "match")


@pytest.mark.parametrize(
    "regex", [".*", "(?P<family>[a-z]+)", "(?<family>[a-z]+)", "\\pL+", "(?i)GPT.*", "模型-.+"]
)
def test_what_re2_reads_is_accepted(regex: str) -> None:
    """Also where Python's own engine would object."""
    assert not find(CHECK, patterns=[{"match": regex, "provider": "p"}])


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """RE2 logs faults by itself unless told not to."""
    assert find(CHECK, patterns=[{"match": "a(b", "provider": "p"}])
    assert capfd.readouterr().err == ""
