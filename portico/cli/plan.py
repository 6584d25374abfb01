"""portico plan: stages 1 to 7."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portico.cli import output
from portico.cli.command import EXIT_CHANGES, Command, config_option, json_option, state_option

if TYPE_CHECKING:
    from generator.topology import Topology
    from portico.state import StateDirectory


@click.command(
    "plan",
    cls=Command,
    examples=[
        ("portico plan", "what would change against what runs, or ran last"),
        ("portico plan --exit-code", "exit 4 when something would change"),
        ("portico plan --json", "the changes as data"),
    ],
)
@click.option("--exit-code", "with_exit_code", is_flag=True, help="Exit 4 when there are changes.")
@json_option
@config_option
@state_option
def command(*, with_exit_code: bool, as_json: bool, config: Path, state: Path) -> int:
    """Show what the configuration changes, compared with the release that runs or ran last.

    Every change says what it needs: `hot` takes new files, `litellm` new LiteLLM processes, `restart` a new start.
    """
    from generator.plan import plan, text
    from portico.build import build
    from portico.lock import holder
    from portico.state import state_directory

    place = state_directory(state)
    built = build(config)
    output.notes(built.checked.diagnostics)
    identity, before = _last(place)
    found = plan(before, built.topology)
    if as_json:
        effect = found.effect.value if found.effect is not None else None
        changes = [asdict(change) for change in found.changes]
        output.json_data({"from": identity, "to": built.release.id, "effect": effect, "changes": changes})
    else:
        if identity is not None:
            output.talk(
                f"release {identity}, which {'runs' if holder(place) else 'ran last'}, against {built.release.id}"
            )
        output.data(text(found))
    return EXIT_CHANGES if with_exit_code and found.changes else 0


def _last(state: "StateDirectory") -> "tuple[str | None, Topology | None]":
    """The release that was applied last and its topology; without a release both are None."""
    from generator.topology_json import PATH, NotATopology, topology_from_json
    from portico.errors import ReleaseDamaged
    from portico.store import Store

    store = Store(state)
    identity = store.current()
    if identity is None:
        return None, None
    try:
        return identity, topology_from_json(store.read(identity).artifacts[PATH])
    except (NotATopology, KeyError) as error:
        message = f"release {identity} was made by another version of Portico and cannot be compared"
        raise ReleaseDamaged(message, "`portico up` makes a new one") from error
