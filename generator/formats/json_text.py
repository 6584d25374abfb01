"""Diagnostics as JSON, for scripts."""

import json
from collections.abc import Iterable
from typing import Any

from schemas.diagnostics import Diagnostic, Severity


def json_text(diagnostics: Iterable[Diagnostic]) -> str:
    """One object: `diagnostics` in the order given, and `counts` by severity.

    Every diagnostic has `code`, `severity`, `message`, `hint` (or null) and `place` (or null): `path`, `line` and `column` from 1,
    `width` in characters, and `excerpt`, the source line with secrets masked.
    """
    found = list(diagnostics)
    counts = {severity.value: sum(d.severity is severity for d in found) for severity in Severity}
    document = {"diagnostics": [_diagnostic(diagnostic) for diagnostic in found], "counts": counts}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.place
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "place": None
        if place is None
        else {
            "path": place.path,
            "line": place.line,
            "column": place.column,
            "width": place.width,
            "excerpt": place.excerpt,
        },
    }
