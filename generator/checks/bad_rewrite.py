"""A pattern's `model` refers to a group that its `match` does not have."""

from collections.abc import Iterator

from generator.checks.regex import rewrite_parts
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for index, (pattern, regex) in enumerate(
        zip(subject.config.mappings.patterns, subject.regexes, strict=True)
    ):
        if pattern.model is None or regex.compiled is None:
            continue
        at = in_mappings("patterns", index, "model")
        for kind, part in dict.fromkeys(rewrite_parts(pattern.model)):
            if kind == "wrong":
                yield Finding(
                    f"`{part}` means nothing in `model`",
                    at,
                    "write \\1 for a group, and \\\\ for a backslash",
                )
            elif kind == "group" and int(part) > regex.groups:
                yield Finding(
                    f"`model` uses group \\{part}, and `match` has {_count(regex.groups)}",
                    at,
                    "put the part of the name that is to be kept in ( ) in `match`",
                    in_mappings("patterns", index, "match"),
                )


def _count(groups: int) -> str:
    return "no group" if groups == 0 else f"{groups} group{'s' if groups > 1 else ''}"


CHECK = Check(
    code="bad-rewrite",
    severity=Severity.ERROR,
    summary="The `model` of a pattern refers to a group that `match` does not have, or has a stray backslash.",
    remedy="\\1 to \\9 stand for the groups of `match`, \\0 for the whole name, \\\\ for a backslash.",
    find=_find,
)
