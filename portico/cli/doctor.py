"""portico doctor: whether everything is there that `portico up` needs."""

from dataclasses import asdict
from pathlib import Path

import click

from portico.cli import output
from portico.cli.command import EXIT_REJECTED, Command, config_option, json_option, state_option


@click.command(
    "doctor",
    cls=Command,
    examples=[
        ("portico doctor", "look at everything before a first start, or when something is odd"),
        ("portico doctor --json > doctor.json", "the same as data"),
    ],
)
@json_option
@config_option
@state_option
def command(*, as_json: bool, config: Path, state: Path) -> int:
    """Check the environment: programs, configuration, secrets, permissions, ports and services.

    Changes nothing. Exit code 3 when something has to be fixed before `portico up` can serve.
    """
    from portico.doctor import State, examine
    from portico.state import state_directory

    items = examine(config, state_directory(state))
    problems = [item for item in items if item.state is State.PROBLEM]
    if as_json:
        output.json_data({"problems": len(problems), "items": [asdict(item) for item in items]})
    else:
        rows = [[item.area, item.name, item.state.value, item.message] for item in items]
        output.table(("area", "name", "state", "what was found"), rows)
        for item in problems:
            output.error(f"{item.area}, {item.name}: {item.message}", item.hint)
        count = len(problems)
        output.talk(f"{count} problem{'s' if count != 1 else ''}" if count else "nothing to fix")
    return EXIT_REJECTED if problems else 0
