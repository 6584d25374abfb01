"""Diagnostics as text."""

from generator.report import text
from schemas.diagnostics import Diagnostic, Place, Severity


def test_nothing_in_a_diagnostic_acts_on_a_terminal() -> None:
    """Escape sequences and characters that turn the order round are spelt out; in the excerpt the caret stays in place."""
    place = Place("x.yaml", 1, 8, 2, "a: \u202eb\x1b[ cd")
    shown = text(Diagnostic("code", Severity.ERROR, "`\x1b[31m` is not\na name", place, "see `a\u200bb`"))
    assert shown.splitlines() == [
        "error[code]: `\\x1b[31m` is not\\na name",
        " --> x.yaml:1:8",
        "  |",
        "1 | a: \ufffdb\ufffd[ cd",
        "  |        ^^",
        "hint: see `a\\u200bb`",
    ]


def test_letters_of_every_script_are_shown() -> None:
    """Only what acts or hides is spelt out."""
    message = "`模型-ü🚀` is not a provider"
    assert text(Diagnostic("code", Severity.ERROR, message)) == f"error[code]: {message}"
