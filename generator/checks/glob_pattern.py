"""A pattern looks like a file name wildcard."""

import re
from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity

_SEPARATOR_REPEATED = re.compile(r"(?<![\\\]])(?<!\[)([/:_-])\*$")


def _find(subject: Subject) -> Iterator[Finding]:
    for index, regex in enumerate(subject.regexes):
        found = _SEPARATOR_REPEATED.search(regex.source)
        if found is not None and regex.compiled is not None:
            yield Finding(
                f"`{found[0]}` at the end of `{regex.source}` matches any number of `{found[1]}` and nothing else",
                in_mappings("patterns", index, "match"),
                f"write `{regex.source[:-1]}.*` to match any text there",
            )


CHECK = Check(
    code="glob-pattern",
    severity=Severity.WARNING,
    summary="A pattern ends like a file name wildcard, such as `ollama/*`.",
    remedy="In a regular expression `*` repeats what stands before it. Write `.*` for any text.",
    find=_find,
)
