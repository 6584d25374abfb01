"""An alias stands for a name that is no public model and no alias."""

from collections.abc import Iterator

from generator.checks.hints import for_public_name
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for alias, name in subject.aliases.items():
        if name not in subject.public_names:
            hint = for_public_name(subject, name)
            message = f"`{name}`, which the alias `{alias}` stands for, is not a public model"
            yield Finding(message, in_mappings("aliases", alias), hint.text, hint.related)


CHECK = Check(
    code="unknown-alias-target",
    severity=Severity.ERROR,
    summary="An alias stands for a name that is no public model and no other alias.",
    remedy="An alias is another name for a public model. Name one from `models`, not an engine's own model name.",
    find=_find,
)
