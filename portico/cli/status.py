"""portico status: what runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portico.cli import output
from portico.cli.command import Command, json_option, state_option

if TYPE_CHECKING:
    from portico.status import Status


@click.command(
    "status",
    cls=Command,
    examples=[
        ("portico status", "release, lanes, providers with their health, models, processes"),
        ("portico status --json | jq .lanes", "for programs"),
        ("portico status || portico up --detach", "start it unless it runs"),
    ],
)
@state_option
@json_option
def command(state: Path, *, as_json: bool) -> int:
    """Show what runs here. Exit code 5 when nothing is running."""
    from portico.control_socket import fetch_status
    from portico.state import state_directory
    from portico.status import to_json

    status = fetch_status(state_directory(state))
    if as_json:
        output.json_data(to_json(status))
    else:
        _show(status)
    return 0


def _show(status: "Status") -> None:
    output.data(
        f"{status.url}  {status.phase}\n"
        f"release {status.release}, generation {status.generation}, up {_duration(status.uptime_seconds)}, pid {status.pid}, "
        f"config {status.config}\n"
    )
    output.table(
        ("LANE", "STATE", "READY"),
        [(lane.name, lane.state, f"{lane.ready}/{lane.processes}") for lane in status.lanes],
    )
    output.data("")
    output.table(
        ("PROVIDER", "ENGINE", "HEALTH", "ENDPOINTS", "MODELS"),
        [
            (
                p.name,
                p.engine,
                p.health,
                " ".join(endpoint.address for endpoint in p.endpoints),
                str(p.models),
            )
            for p in status.providers
        ],
    )
    output.data("")
    output.table(
        ("MODEL", "ALIASES", "LANES", "TARGETS"),
        [
            (
                m.name,
                " ".join(m.aliases),
                " ".join(m.lanes),
                " ".join(f"{t.provider}/{t.model}" for t in m.targets),
            )
            for m in status.models
        ],
    )
    output.data("")
    output.table(
        ("PROCESS", "STATE", "PID", "PORT", "RESTARTS"),
        [(p.name, p.state, _shown(p.pid), _shown(p.port), str(p.restarts)) for p in status.processes],
    )


def _shown(number: int | None) -> str:
    return "-" if number is None else str(number)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
