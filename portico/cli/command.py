"""What several commands share: examples in their help, the options several of them take, the exit codes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

EXIT_REJECTED = 3
EXIT_CHANGES = 4
EXIT_INTERRUPTED = 130

EXIT_TABLE: dict[int, str] = {
    0: "ok",
    1: "a bug in Portico",
    2: "the command line is wrong",
    3: "the configuration is rejected, or something else has to be fixed first",
    4: "there are changes (plan --exit-code), or files are out of step (--check)",
    5: "nothing is running",
    6: "something is taken: a port, or another gateway runs here",
    7: "the reload failed, the old release still serves",
    8: "the reload failed and the old release could not be restored",
}
"""Every exit code; the same number always means the same."""


class Command(click.Command):
    """A command whose help ends with examples. `examples` are pairs of a command line and what it is for."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.examples = tuple(examples)
        super().__init__(*args, **kwargs)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        """Write the examples, each with its purpose above it."""
        with formatter.section("Examples"):
            for line, purpose in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}# {purpose}\n")
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


config_option = click.option(
    "--config",
    "config",
    type=click.Path(file_okay=False, path_type=Path),
    default="config",
    show_default=True,
    envvar="PORTICO_CONFIG",
    show_envvar=True,
    metavar="DIR",
    help="Directory of providers.yaml, model-mappings.yaml, gateway.yaml and ports.yaml.",
)

state_option = click.option(
    "--state",
    "state",
    type=click.Path(file_okay=False, path_type=Path),
    default=".portico",
    show_default=True,
    envvar="PORTICO_STATE",
    show_envvar=True,
    metavar="DIR",
    help="Directory of releases, sockets and logs.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
