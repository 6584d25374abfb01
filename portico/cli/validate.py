"""portico validate: stages 1 to 4."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portico.cli import output
from portico.cli.command import EXIT_REJECTED, Command, config_option

if TYPE_CHECKING:
    from schemas.diagnostics import Diagnostic

FORMATS = ("text", "json", "github", "sarif")


@click.command(
    "validate",
    cls=Command,
    examples=[
        ("portico validate", "check config/ before anything runs"),
        ("portico validate --strict", "also fail on warnings, as CI does"),
        ("portico validate --format github", "annotations in a GitHub workflow"),
        ("portico validate --format sarif > portico.sarif", "a report for code scanning"),
    ],
)
@config_option
@click.option("--strict", is_flag=True, help="Make warnings errors.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How diagnostics are printed.",
)
def command(config: Path, *, strict: bool, form: str) -> int:
    """Check the configuration, and say everything that is wrong with it.

    Every diagnostic has a code, a place and, where one is known, a hint. Exit code 3 when there is an error.
    """
    from generator.report import summary
    from portico.build import check_directory
    from portico.files import shown_path
    from schemas.diagnostics import Rejected

    rejected = False
    try:
        diagnostics = check_directory(config, strict=strict).diagnostics
    except Rejected as rejection:
        diagnostics, rejected = rejection.diagnostics, True
    _print(diagnostics, form)
    if form == "text":
        verdict = "is rejected" if rejected else "is valid"
        output.talk(f"{shown_path(config)} {verdict}: {summary(diagnostics)}")
    return EXIT_REJECTED if rejected else 0


def _print(diagnostics: "tuple[Diagnostic, ...]", form: str) -> None:
    match form:
        case "json":
            from generator.formats import json_text

            output.data(json_text(diagnostics))
        case "github":
            from generator.formats import github_text

            output.data(github_text(diagnostics))
        case "sarif":
            from generator.formats import sarif_text

            output.data(sarif_text(diagnostics))
        case _:
            output.diagnostics_data(diagnostics)
