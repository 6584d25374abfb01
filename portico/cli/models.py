"""portico models: the names clients can send."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.cli import output
from portico.cli.command import Command, config_option, json_option

if TYPE_CHECKING:
    from generator.topology import Deployment, PublicModel, Target, Topology


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
            ", ".join(_target(target) for target in model.targets),
            ", ".join(model.tags),
            model.description or "",
        ]
        for model in topology.models
    ]
    output.table(("model", "aliases", "can do", "context", "lanes", "targets", "tags", "description"), rows)
    for pattern in topology.patterns:
        name = pattern.rewrite or "the name itself"
        about = f": {pattern.description}" if pattern.description is not None else ""
        output.data(f"\n{pattern.regex} goes to {pattern.provider} as {name}{about}")
    return 0


def _data(topology: "Topology") -> dict[str, Any]:
    aliases = _aliases(topology)
    deployments = {(d.provider, d.model): d for provider in topology.providers for d in provider.deployments}
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
                    _target_data(target, deployments[target.provider, target.engine_model])
                    for target in model.targets
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


def _target(target: "Target") -> str:
    """A target, with its weight where that is not the usual one."""
    weight = f" x{target.weight}" if target.weight != 1 else ""
    return f"{target.provider}/{target.engine_model}{weight}"


def _target_data(target: "Target", deployment: "Deployment") -> dict[str, Any]:
    """A target, with what providers.yaml says about it. Costs are US dollars per million tokens."""
    cost = {"input": deployment.cost_input, "output": deployment.cost_output}
    return {
        "provider": target.provider,
        "model": target.engine_model,
        "weight": target.weight,
        "capabilities": list(deployment.capabilities),
        "context_length": deployment.context_length,
        "max_output": deployment.max_output,
        "size": deployment.size,
        "quantisation": deployment.quantisation,
        "cost": cost if deployment.cost_input is not None else None,
    }


def _aliases(topology: "Topology") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for alias in topology.aliases:
        found.setdefault(alias.model, []).append(alias.name)
    return found


def _lanes(model: "PublicModel") -> list[str]:
    """The lanes by which the model's own targets are reached."""
    return sorted({branch.lane.value for route in model.routes for branch in route.attempts[0].branches})
