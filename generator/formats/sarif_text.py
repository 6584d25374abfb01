"""Diagnostics as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code scanning."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from generator.checks import ALL_CHECKS
from generator.checks.subject import Check
from generator.refusals import REFUSALS, Refusal
from schemas.diagnostics import Diagnostic, Place, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ENTRIES: tuple[Check | Refusal, ...] = (*REFUSALS, *ALL_CHECKS)
_DESCRIBED = {entry.code: entry for entry in _ENTRIES}


def sarif_text(diagnostics: Iterable[Diagnostic]) -> str:
    """A log with one run: a rule for every code that occurs, a result for every diagnostic. Relative paths are relative to `%SRCROOT%`,
    the folder Portico was started in."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    rules = {code: index for index, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "Portico", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules[diagnostic.code]) for diagnostic in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    entry = _DESCRIBED.get(code)
    if entry is not None:
        rule["shortDescription"] = {"text": entry.summary}
        rule["help"] = {"text": entry.remedy}
        rule["defaultConfiguration"] = {"level": _LEVELS[entry.severity]}
    return rule


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    # Code scanning shows the message alone, so the hint is a part of it.
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
    }
    if diagnostic.place is not None:
        result["locations"] = [{"physicalLocation": _location(diagnostic.place)}]
    return result


def _location(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + place.width,
    }
    if place.excerpt:
        region["snippet"] = {"text": place.excerpt}
    return {"artifactLocation": _artifact(place.path), "region": region}


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path)
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
