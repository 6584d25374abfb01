"""The only module that prints. stdout is data, stderr is talk, colour is decoration."""

import json
import os
import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from schemas.diagnostics import Diagnostic

_SEVERITY = re.compile(r"^(error|warning|info|hint)(\[[a-z0-9-]+\])?:", re.MULTILINE)
_MARGIN = re.compile(r"^( *(?:\d+ \||\|| *-->))", re.MULTILINE)
_CARET = re.compile(r"(\^+)$", re.MULTILINE)
_COLOUR = {"error": "red", "warning": "yellow", "info": "cyan", "hint": "green"}


def data(text: str) -> None:
    """Print what was asked for to stdout."""
    _write(sys.stdout, text)


def json_data(value: Any) -> None:
    """Print a value as indented JSON to stdout."""
    _write(sys.stdout, json.dumps(value, indent=2, ensure_ascii=not _takes_every_character(sys.stdout)))


def talk(text: str) -> None:
    """Say something to the person at the terminal, on stderr."""
    _write(sys.stderr, text)


def error(message: str, hint: str | None = None) -> None:
    """Tell of an error on stderr, with a hint where there is one."""
    talk(decorated(f"error: {message}" + (f"\nhint: {hint}" if hint else ""), sys.stderr))


def usage_error(error: click.ClickException) -> None:
    """Tell of a wrong command line, with the usage of the command it was for."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        talk(error.format_message())
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"{context.command_path} --help" if context is not None else None
    talk(
        decorated(f"error: {error.format_message()}" + (f"\nhint: see `{hint}`" if hint else ""), sys.stderr)
    )


def bug(error: BaseException) -> None:
    """Tell of an error that no user can cause, with its traceback."""
    talk("".join(traceback.format_exception(error)).rstrip())
    talk(decorated("error: this is a bug in Portico; the lines above say where", sys.stderr))


def rejection(diagnostics: "Sequence[Diagnostic]") -> None:
    """Tell on stderr why a configuration cannot be used."""
    from generator.report import summary

    notes(diagnostics)
    talk(f"the configuration is rejected: {summary(diagnostics)}")


def notes(diagnostics: "Sequence[Diagnostic]") -> None:
    """Tell on stderr what is wrong or doubtful; what is only worth knowing is left to `portico validate`."""
    from generator.report import text
    from schemas.diagnostics import Severity

    for diagnostic in diagnostics:
        if diagnostic.severity is not Severity.INFO:
            talk(decorated(text(diagnostic), sys.stderr) + "\n")


def diagnostics_data(diagnostics: "Iterable[Diagnostic]") -> None:
    """Print diagnostics to stdout, for the command that was asked for them."""
    from generator.report import text

    for diagnostic in diagnostics:
        data(decorated(text(diagnostic), sys.stdout) + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under headings to stdout; complete lines where stdout is not a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = [column.upper() for column in columns]
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        # A name that was cut could not be copied.
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    terminal = sys.stdout is not None and sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        width=None if terminal else 10_000,
        no_color=not coloured(sys.stdout),
        highlight=False,
        legacy_windows=False,
        force_terminal=None if terminal else False,
    )
    with console.capture() as capture:
        console.print(drawn)
    _write(sys.stdout, "\n".join(line.rstrip() for line in capture.get().splitlines()))


def coloured(stream: TextIO | None) -> bool:
    """Whether a stream takes colour: a terminal, and no NO_COLOR (https://no-color.org)."""
    return (
        stream is not None
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def decorated(text: str, stream: TextIO | None) -> str:
    """Diagnostics or errors as text, coloured where the stream takes colour; the words stay the same."""
    if not coloured(stream):
        return text
    text = _SEVERITY.sub(lambda match: click.style(match[0], fg=_COLOUR[match[1]], bold=True), text)
    text = _CARET.sub(lambda match: click.style(match[1], fg="red", bold=True), text)
    return _MARGIN.sub(lambda match: click.style(match[1], fg="blue"), text)


def _takes_every_character(stream: TextIO | None) -> bool:
    return stream is not None and (stream.encoding or "").lower().replace("-", "") == "utf8"


def _write(stream: TextIO | None, text: str) -> None:
    """Write a line. Python has no stream where the caller closed it; then nobody reads."""
    if stream is None:
        return
    if not _takes_every_character(stream):
        encoding = stream.encoding or "ascii"
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        # `portico models | head`: who reads has enough, and the command ends as it would have. What is still in the buffer
        # would fail once more when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
