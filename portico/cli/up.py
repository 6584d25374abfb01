"""portico up: build the configuration and serve it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portico.cli import output
from portico.cli.command import Command, config_option, state_option

if TYPE_CHECKING:
    from portico.progress import Progress

DRAIN_SECONDS = 30.0


@click.command(
    "up",
    cls=Command,
    examples=[
        ("portico up", "serve config/; Ctrl-C lets requests finish, a second Ctrl-C does not"),
        ("portico up --detach", "serve in the background; `portico down` stops it"),
        (
            "portico up --config lab --state /tmp/lab",
            "a second gateway beside the first, on ports of its own",
        ),
    ],
)
@config_option
@state_option
@click.option(
    "-d", "--detach", is_flag=True, help="Return once the direct lane serves, and go on in the background."
)
@click.option(
    "--drain-timeout",
    "drain_seconds",
    type=click.FloatRange(0, 86_400),
    default=DRAIN_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long requests may still take when it is stopped by a signal.",
)
def command(config: Path, state: Path, *, detach: bool, drain_seconds: float) -> int:
    """Build the configuration, start Envoy and LiteLLM, and serve.

    The direct lane serves within two seconds; what needs LiteLLM is answered with 503 and Retry-After until it is ready.
    With no configured engine in reach, the embedded llama.cpp is started.
    """
    began = time.monotonic()
    from portico.state import state_directory

    if detach:
        from portico.detach import serve_detached

        status = serve_detached(config, state_directory(state), drain_seconds=drain_seconds, say=output.talk)
        output.talk(
            f"serving {status.url} in the background, pid {status.pid}; `portico status` shows more, `portico down` stops it"
        )
        return 0
    from portico.daemon import serve

    serve(config, state_directory(state), drain_seconds=drain_seconds, report=_report, began=began)
    return 0


def _report(progress: "Progress") -> None:
    from portico.cli.progress import text
    from portico.progress import Accepted

    if isinstance(progress, Accepted):
        output.notes(progress.diagnostics)
    output.talk(text(progress))
