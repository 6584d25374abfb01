"""GET /v1/models and /v1/models/{id}: what may be used, from the configuration alone."""

from collections.abc import Iterable
from typing import Any

from generator.render.envoy.xds import Json
from generator.topology import Alias, Deployment, Lane, Pattern, PublicModel, Topology


def model_entries(topology: Topology) -> list[Json]:
    """Every public model and alias that some API serves, sorted by id, in the shape of OpenAI's model object.

    https://platform.openai.com/docs/api-reference/models/object; what OpenAI's object has no room for is in `portico`.
    """
    deployments = {(d.provider, d.model): d for provider in topology.providers for d in provider.deployments}
    served = {model.name: model for model in topology.models if model.routes}
    aliases: dict[str, list[str]] = {}
    for alias in topology.aliases:
        aliases.setdefault(alias.model, []).append(alias.name)
    entries = {
        name: _entry(name, model, deployments, {"aliases": aliases.get(name, [])})
        for name, model in served.items()
    }
    for alias in topology.aliases:
        if alias.model in served:
            entries[alias.name] = _alias_entry(alias, served[alias.model], deployments)
    return [entries[name] for name in sorted(entries)]


def pattern_entry(pattern: Pattern) -> Json:
    """The entry for a name that only a pattern knows, in Envoy's format language."""
    details = {
        "pattern": pattern.id,
        "lanes": [lane.value for lane in _lanes(route.attempts for route in pattern.routes)],
        "description": pattern.description and pattern.description.replace("%", "%%"),
    }
    return _model("%REQ(x-portico-model)%", pattern.provider, details)


def _alias_entry(alias: Alias, model: PublicModel, deployments: dict[tuple[str, str], Deployment]) -> Json:
    return _entry(alias.name, model, deployments, {"alias_of": alias.model})


def _entry(
    name: str, model: PublicModel, deployments: dict[tuple[str, str], Deployment], about_names: dict[str, Any]
) -> Json:
    targets = [target for target in model.targets if target.weight > 0]
    behind = [deployments[target.provider, target.engine_model] for target in targets]
    details: dict[str, Any] = {
        **about_names,
        "capabilities": list(model.capabilities),
        "context_length": model.context_length,
        "max_output": model.max_output,
        "apis": [api.value for route in model.routes for api in route.apis],
        "lanes": [lane.value for lane in _lanes(route.attempts for route in model.routes)],
        "tags": list(model.tags),
        "description": model.description,
        "size": _only({deployment.size for deployment in behind}),
        "quantisation": _only({deployment.quantisation for deployment in behind}),
    }
    return _model(name, ",".join(dict.fromkeys(target.provider for target in targets)), details)


def _model(name: str, owner: str, details: dict[str, Any]) -> Json:
    known = {key: value for key, value in details.items() if value not in (None, [])}
    # No clock is read anywhere, and no engine says when a model was made.
    return {"id": name, "object": "model", "created": 0, "owned_by": owner, "portico": known}


def _lanes(attempts: Iterable[Any]) -> list[Lane]:
    used = {branch.lane for chain in attempts for attempt in chain for branch in attempt.branches}
    return [lane for lane in Lane if lane in used]


def _only(values: set[str | None]) -> str | None:
    return values.pop() if len(values) == 1 else None
