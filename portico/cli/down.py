"""portico down: let requests finish, and stop."""

import time
from pathlib import Path

import click

from portico.cli import output
from portico.cli.command import Command, state_option

SECONDS_BEYOND = 30.0
"""After the requests' time, for the processes to end."""


@click.command(
    "down",
    cls=Command,
    examples=[
        ("portico down", "let requests finish for up to 30 seconds, then stop"),
        ("portico down --timeout 0", "stop now"),
    ],
)
@state_option
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(0, 86_400),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long requests may still take.",
)
def command(state: Path, *, seconds: float) -> int:
    """Stop the gateway that runs here.

    New connections are refused at once; requests on their way finish, or are cut off when the time is up. Exit code 5 when
    nothing is running.
    """
    from portico.control_socket import ask_to_stop, fetch_status
    from portico.errors import ResourceTaken
    from portico.identity import alive, identify
    from portico.state import state_directory

    directory = state_directory(state)
    pid = fetch_status(directory).pid
    daemon = identify(pid)
    ask_to_stop(directory, seconds)
    deadline = time.monotonic() + seconds + SECONDS_BEYOND
    while daemon is not None and alive(daemon):
        if time.monotonic() > deadline:
            raise ResourceTaken(
                f"the daemon (pid {pid}) has not stopped", f"see {directory.logs / 'daemon.log'}"
            )
        time.sleep(0.05)
    output.talk(f"stopped (pid {pid})")
    return 0
