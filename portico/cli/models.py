"""portico models: the names clients can send."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.cli import output
from portico.cli.command import Command, config_option, json_option

if TYPE_CHECKING:
    from generator.topology import PublicModel, Topology


@click.command(
    "models",
    cls=Command,
    examples=[
        ("portico models", "every public model, alias and pattern"),
        ("portico models --json | jq -r '.models[].name'", "the names alone"),
    ],
)
@json_option
@config_option
def command(*, as_json: bool, config: Path) -> int:
    """List the public models, with their aliases, lanes and targets.

    Reads the configuration, not what runs; `portico status` shows that.
    """
    from generator.compile import compile_config
    from portico.build import check_directory

    topology = compile_config(check_directory(config).config)
    if as_json:
        output.json_data(_data(topology))
        return 0
    aliases = _aliases(topology)
    rows = [
        [
            model.name,
            ", ".join(aliases.get(model.name, ())),
            ", ".join(model.capabilities),
            str(model.context_length or ""),
            ", ".join(_lanes(model)),
            ", ".join(f"{target.provider}/{target.engine_model}" for target in model.targets),
        ]
        for model in topology.models
    ]
    output.table(("model", "aliases", "can do", "context", "lanes", "targets"), rows)
    for pattern in topology.patterns:
        name = pattern.rewrite or "the name itself"
        output.data(f"\n{pattern.regex} goes to {pattern.provider} as {name}")
    return 0


def _data(topology: "Topology") -> dict[str, Any]:
    aliases = _aliases(topology)
    return {
        "models": [
            {
                "name": model.name,
                "aliases": aliases.get(model.name, []),
                "description": model.description,
                "tags": list(model.tags),
                "capabilities": list(model.capabilities),
                "context_length": model.context_length,
                "max_output": model.max_output,
                "apis": [api for route in model.routes for api in route.apis],
                "lanes": _lanes(model),
                "targets": [
                    {"provider": t.provider, "model": t.engine_model, "weight": t.weight}
                    for t in model.targets
                ],
                "fallbacks": list(model.fallbacks),
            }
            for model in topology.models
        ],
        "patterns": [
            {"match": p.regex, "provider": p.provider, "model": p.rewrite, "description": p.description}
            for p in topology.patterns
        ],
        "default_model": topology.default_model,
    }


def _aliases(topology: "Topology") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for alias in topology.aliases:
        found.setdefault(alias.model, []).append(alias.name)
    return found


def _lanes(model: "PublicModel") -> list[str]:
    """The lanes by which the model's own targets are reached."""
    return sorted({branch.lane.value for route in model.routes for branch in route.attempts[0].branches})
