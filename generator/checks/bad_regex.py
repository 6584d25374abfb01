"""A pattern is no regular expression that RE2 can read."""

import re
from collections.abc import Iterator

from generator.checks.regex import Regex
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for index, regex in enumerate(subject.regexes):
        if regex.fault is not None:
            where = f" at character {regex.offset + 1}" if regex.offset is not None else ""
            yield Finding(
                f"`{regex.source}` is not a regular expression: {regex.fault}{where}",
                in_mappings("patterns", index, "match"),
                _hint(regex),
            )


def _hint(regex: Regex) -> str:
    if re.search(r"\(\?<?[=!]", regex.source):
        return "RE2 has no look-ahead and look-behind; write what the name is, not what it is not"
    if regex.fault == "invalid escape sequence" and re.search(r"\\[1-9]", regex.source):
        return "RE2 has no back-references in `match`; use \\1 in `model` only"
    if regex.fault == "no argument for repetition operator":
        return "`*` repeats what stands before it; write `.*` for any text"
    if regex.fault in ("missing )", "unexpected )", "missing ]"):
        return "close every bracket, or write \\( and \\[ for the characters themselves"
    return "see https://github.com/google/re2/wiki/Syntax"


CHECK = Check(
    code="bad-regex",
    severity=Severity.ERROR,
    summary="The `match` of a pattern does not compile as a regular expression of RE2.",
    remedy="Envoy matches with RE2, which has no look-around and no back-references. "
    "Its syntax: https://github.com/google/re2/wiki/Syntax",
    find=_find,
)
