"""Diagnostics as workflow commands of GitHub Actions
(https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message)."""

from collections.abc import Iterable

from schemas.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_text(diagnostics: Iterable[Diagnostic]) -> str:
    """One annotation per line: `::error file=...,line=...,col=...,endColumn=...,title=code::message`. Hints follow on a second line
    of the annotation. Empty where there are no diagnostics."""
    return "\n".join(_command(diagnostic) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties: dict[str, str | int] = {}
    if diagnostic.place is not None:
        place = diagnostic.place
        properties = {
            "file": place.path,
            "line": place.line,
            "col": place.column,
            "endColumn": place.column + place.width,
        }
    properties["title"] = diagnostic.code
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = (
        diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
    )
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(message)}"


# As the runner's own library escapes: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
