"""The command line. The one place where errors are caught and become exit codes.

Starting must stay cheap: this module and every command module import click and the standard library only; what a command
needs beyond that it imports in its body. A command is a module of this package with a `command`, listed in `SECTIONS`.
"""

import errno
import gc
import importlib
import sys
from collections.abc import Sequence

import click

from portico import __version__
from portico.cli import output
from portico.cli.command import EXIT_INTERRUPTED, EXIT_REJECTED, EXIT_TABLE

SECTIONS: dict[str, tuple[str, ...]] = {
    "Run": ("up", "down", "status"),
    "Understand": ("explain", "models", "providers", "doctor"),
    "Configure": ("validate", "plan", "generate", "schema"),
    "Shell": ("completion",),
}
"""Every command, as `portico --help` lists them."""


_OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
"""Errors of files that say what is wrong with the machine, and nothing about us."""


class _Portico(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return [name for names in SECTIONS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"portico.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not close:
                raise
            raise click.UsageError(f"{error.message.rstrip('.')}. Did you mean '{close[0]}'?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in SECTIONS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl([(name, entry.get_short_help_str(200)) for name, entry in found if entry])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_TABLE.items()])
        formatter.write_paragraph()
        formatter.write_text("`portico COMMAND --help` says more, with examples.")


@click.group(
    "portico",
    cls=_Portico,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, "-V", "--version", prog_name="portico", message="%(prog)s %(version)s")
def cli() -> None:
    """A gateway for language models whose configuration is the product.

    Reads the files in config/, compiles them for Envoy and LiteLLM, and serves them on one port.
    """


def main() -> None:
    """Run the command line of this process, and end the process with the command's exit code."""
    # Parsing and validating allocate hundreds of thousands of objects that all live on; collecting them finds nothing.
    gc.set_threshold(100_000, 20, 20)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error it ends with has been told on stderr."""
    try:
        result = cli.main(list(arguments), prog_name="portico", standalone_mode=False)
    except click.ClickException as error:
        output.usage_error(error)
        return error.exit_code
    except click.Abort:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one catch: every error gets its exit code here
        return _told(error)
    return result if isinstance(result, int) else 0


def _told(error: Exception) -> int:
    from portico.errors import PorticoError
    from schemas.diagnostics import Rejected

    match error:
        case Rejected(diagnostics=diagnostics):
            output.rejection(diagnostics)
            return EXIT_REJECTED
        case PorticoError():
            output.error(error.message, error.hint)
            return error.exit_code
        case OSError(errno=number) if number in _OF_THE_MACHINE:
            where = f" ({error.filename})" if error.filename is not None else ""
            output.error(f"the system refuses: {error.strerror}{where}")
            return EXIT_REJECTED
        case _:
            output.bug(error)
            return 1
