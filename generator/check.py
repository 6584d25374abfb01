"""Stage 4: what the configuration means. Runs every check, and tells all they find at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.checks import ALL_CHECKS
from generator.checks.subject import Facts, Subject
from generator.report import locate
from generator.validate import Documents
from schemas.config import Config
from schemas.diagnostics import Diagnostic, DocumentKind, Place, Severity


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Every diagnostic of the checks, in the order of files and lines."""

    diagnostics: tuple[Diagnostic, ...]

    @property
    def rejected(self) -> bool:
        """Whether at least one of them is an error."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def check(config: Config, documents: Documents, facts: Facts) -> CheckResult:
    """Run every check. `facts` is what the surroundings say, such as which environment variables have a value."""
    subject = Subject(config, facts, documents)
    found = [
        locate(finding, rule.code, rule.severity, documents)
        for rule in ALL_CHECKS
        for finding in rule.find(subject)
    ]
    return CheckResult(tuple(sorted(found, key=_order)))


_FILE_ORDER = {kind.value: index for index, kind in enumerate(DocumentKind)}


def _order(diagnostic: Diagnostic) -> tuple[int, int, int, str, str]:
    place = diagnostic.place or Place("", 0, 0)
    file = _FILE_ORDER.get(place.path.replace("\\", "/").rsplit("/", 1)[-1], len(_FILE_ORDER))
    return file, place.line, place.column, diagnostic.code, diagnostic.message


def with_strictness(diagnostics: Iterable[Diagnostic], *, strict: bool) -> tuple[Diagnostic, ...]:
    """The diagnostics with warnings made errors where `strict` is set."""
    if not strict:
        return tuple(diagnostics)
    return tuple(
        Diagnostic(
            d.code,
            Severity.ERROR if d.severity is Severity.WARNING else d.severity,
            d.message,
            d.place,
            d.hint,
        )
        for d in diagnostics
    )
