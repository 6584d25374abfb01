"""A pattern would take exponential time in engines that backtrack."""

from collections.abc import Iterator

from generator.checks.regex import nested_repeat
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for index, regex in enumerate(subject.regexes):
        if regex.tree is not None and nested_repeat(regex.tree):
            yield Finding(
                f"`{regex.source}` repeats a repetition, which takes exponential time outside RE2",
                in_mappings("patterns", index, "match"),
                "repeat once: `(a+)+` matches what `a+` does",
            )


CHECK = Check(
    code="backtracking-pattern",
    severity=Severity.WARNING,
    summary="A pattern has an unbounded repetition inside another that competes for the same characters.",
    remedy="RE2 is not slowed by it, but the same expression in a tool that backtracks is a way to stop that tool. Repeat once.",
    find=_find,
)
