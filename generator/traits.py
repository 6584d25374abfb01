"""A topology taken apart into traits that can be compared: what there is, under which name, and how people read it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from generator.topology import (
    Attempt,
    Deployment,
    Embedded,
    HealthProbe,
    Limits,
    Pattern,
    Provider,
    PublicModel,
    Route,
    Secret,
    Service,
    Topology,
)


class Subject(StrEnum):
    """A kind of thing, in the order in which changes are told."""

    LISTENER = "listener"
    CONTROL = "control-port"
    WORKERS = "litellm-workers"
    EMBEDDED = "embedded-engine"
    LOG = "log"
    PROVIDER = "provider"
    DEPLOYMENT = "deployment"
    SECRET = "secret"
    MODEL = "model"
    ALIAS = "alias"
    PATTERN = "pattern"
    PATTERN_ORDER = "pattern-order"
    UNKNOWN_NAMES = "unknown-names"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Trait:
    """A property of one thing. Two traits are the same when their values are; `text` is one line for people."""

    value: Hashable
    text: str


Key = tuple[Subject, str]
"""A thing: its kind and its name, which is empty where there is only one of the kind."""

Traits = Mapping[Key, Mapping[str, Trait]]
"""Every thing with its traits by field. The first field says the most about the thing."""

_UNITS = ((3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"))


def traits(topology: Topology) -> Traits:
    """Everything in a topology: two topologies are equal exactly when their traits are."""
    logs, default = topology.logs, topology.default_model
    found: dict[Key, dict[str, Trait]] = {
        (Subject.LISTENER, ""): {
            "address": _trait((topology.listen_address, topology.listen_port), _listener(topology)),
        },
        (Subject.CONTROL, ""): {"port": _trait(topology.control_port)},
        (Subject.WORKERS, ""): {"count": _trait(topology.workers)},
        (Subject.LOG, ""): {
            "level": _trait(logs.level),
            "max_size": _trait(logs.max_bytes, f"{logs.max_bytes} bytes"),
            "keep": _trait(logs.keep),
        },
        (Subject.UNKNOWN_NAMES, ""): {
            "answer": _trait(default, "rejected" if default is None else f"served by {default}")
        },
        (Subject.PATTERN_ORDER, ""): {"order": _trait(tuple(pattern.regex for pattern in topology.patterns))},
    }
    if topology.embedded is not None:
        found[Subject.EMBEDDED, ""] = _embedded(topology.embedded)
    for provider in topology.providers:
        found[Subject.PROVIDER, provider.name] = _provider(provider)
        for deployment in provider.deployments:
            found[Subject.DEPLOYMENT, f"{provider.name}/{deployment.model}"] = _deployment(deployment)
    for name, users in _secrets(topology).items():
        found[Subject.SECRET, name] = {"used_by": _trait(users)}
    for model in topology.models:
        found[Subject.MODEL, model.name] = _model(model)
    for alias in topology.aliases:
        found[Subject.ALIAS, alias.name] = {"model": _trait(alias.model)}
    for pattern in topology.patterns:
        found[Subject.PATTERN, _unused(pattern.regex, found)] = _pattern(pattern)
    for service in topology.services:
        found[Subject.SERVICE, service.name] = _service(service)
    return found


def duration(milliseconds: int) -> str:
    """A length of time as people write it in the configuration: `10m`, `1500ms`."""
    size, unit = next(entry for entry in _UNITS if milliseconds % entry[0] == 0)
    return f"{milliseconds // size}{unit}"


def limits_text(limits: Limits) -> str:
    """Time limits in one line."""
    return (
        f"connect {duration(limits.connect_ms)}, first token {duration(limits.first_token_ms)}, "
        f"idle {duration(limits.idle_ms)}, request {duration(limits.request_ms)}"
    )


def attempt_text(attempt: Attempt) -> str:
    """The branches of an attempt in one line, such as `vllm/qwen (direct) x3 + llamacpp/qwen (direct) x1`."""
    shared = len(attempt.branches) > 1
    return " + ".join(
        f"{branch.provider}/{branch.engine_model or '(the name)'} ({branch.lane})"
        + (f" x{branch.weight}" if shared else "")
        for branch in attempt.branches
    )


def _trait(value: Hashable, text: str | None = None) -> Trait:
    return Trait(value, text if text is not None else _text(value))


def _text(value: Hashable) -> str:
    match value:
        case None | ():
            return "none"
        case tuple():
            return ", ".join(str(entry) for entry in value)
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _listener(topology: Topology) -> str:
    address = topology.listen_address
    return f"{f'[{address}]' if ':' in address else address}:{topology.listen_port}"


def _embedded(embedded: Embedded) -> dict[str, Trait]:
    served = f"{embedded.provider} on {embedded.host}:{embedded.port} as {embedded.alias}"
    return {
        "provider": _trait((embedded.provider, embedded.host, embedded.port, embedded.alias), served),
        "start": _trait(embedded.start),
        "model_file": _trait(embedded.model_file, embedded.model_file or "the model that ships"),
        "context_length": _trait(embedded.context_length),
    }


def _provider(provider: Provider) -> dict[str, Trait]:
    urls = _text(tuple(endpoint.url for endpoint in provider.endpoints))
    headers = _text(tuple(f"{header.name}: {_header_value(header.value)}" for header in provider.headers))
    return {
        "engine": _trait(provider.engine),
        "endpoints": _trait(provider.endpoints, urls),
        "api_key": _trait(provider.api_key, provider.api_key.name if provider.api_key else "none"),
        "headers": _trait(provider.headers, headers),
        "health": _trait(provider.probe, _probe(provider.probe)),
        "timeouts": _trait(provider.limits, limits_text(provider.limits)),
        "apis": _trait(provider.speaks),
        "any_model": _trait(provider.any_model),
        "description": _trait(provider.description),
        "tags": _trait(provider.tags),
    }


def _header_value(value: str | Secret) -> str:
    return value.name if isinstance(value, Secret) else value


def _probe(probe: HealthProbe | None) -> str:
    if probe is None:
        return "not probed"
    return (
        f"{probe.path} every {duration(probe.interval_ms)} within {duration(probe.timeout_ms)}, "
        f"out after {probe.unhealthy_threshold}, back after {probe.healthy_threshold}"
    )


def _deployment(deployment: Deployment) -> dict[str, Trait]:
    return {
        "capabilities": _trait(deployment.capabilities),
        "context_length": _trait(deployment.context_length),
        "max_output": _trait(deployment.max_output),
        "cost": _trait((deployment.cost_input, deployment.cost_output), _cost(deployment)),
        "size": _trait(deployment.size),
        "quantisation": _trait(deployment.quantisation),
        "tags": _trait(deployment.tags),
    }


def _cost(deployment: Deployment) -> str:
    if deployment.cost_input is None and deployment.cost_output is None:
        return "none"
    return f"{deployment.cost_input} in, {deployment.cost_output} out"


def _secrets(topology: Topology) -> dict[str, tuple[str, ...]]:
    """Every reference by name, with the providers that use it."""
    users: dict[str, list[str]] = {}
    for provider in topology.providers:
        found = [provider.api_key, *(header.value for header in provider.headers)]
        for name in dict.fromkeys(entry.name for entry in found if isinstance(entry, Secret)):
            users.setdefault(name, []).append(provider.name)
    return {name: tuple(providers) for name, providers in sorted(users.items())}


def _model(model: PublicModel) -> dict[str, Trait]:
    weighted = any(target.weight != 1 for target in model.targets)
    targets = _text(
        tuple(f"{t.provider}/{t.engine_model}" + (f" x{t.weight}" if weighted else "") for t in model.targets)
    )
    return {
        "targets": _trait(model.targets, targets),
        "fallbacks": _trait(model.fallbacks),
        "lane": _trait(model.lane_choice),
        "capabilities": _trait(model.capabilities),
        "context_length": _trait(model.context_length),
        "max_output": _trait(model.max_output),
        **_routes(model.routes),
        "description": _trait(model.description),
        "tags": _trait(model.tags),
    }


def _pattern(pattern: Pattern) -> dict[str, Trait]:
    return {
        "provider": _trait(pattern.provider),
        "model": _trait(pattern.rewrite, "the name itself" if pattern.rewrite is None else pattern.rewrite),
        **_routes(pattern.routes),
        "description": _trait(pattern.description),
    }


def _routes(routes: tuple[Route, ...]) -> dict[str, Trait]:
    """Routes in three traits, so that a change says what a client notices: the lane, where requests go, how long they may take."""
    lanes = tuple(
        (api, tuple((branch.provider, branch.lane) for branch in route.attempts[0].branches))
        for route in routes
        for api in route.apis
    )
    ways = tuple((route.apis, route.attempts, route.last_resort) for route in routes)
    return {
        "lanes": _trait(
            lanes,
            _text(
                tuple(f"{api} {'/'.join(dict.fromkeys(lane for _, lane in ways_))}" for api, ways_ in lanes)
            ),
        ),
        "routes": _trait(ways, "; ".join(_route(route) for route in routes) or "none"),
        "timeouts": _trait(
            tuple(route.limits for route in routes),
            "; ".join(dict.fromkeys(limits_text(route.limits) for route in routes)) or "none",
        ),
    }


def _route(route: Route) -> str:
    ways = [attempt_text(attempt) for attempt in route.attempts] + (["LiteLLM"] if route.last_resort else [])
    return f"{', '.join(route.apis)}: {', then '.join(ways)}"


def _service(service: Service) -> dict[str, Trait]:
    return {
        "port": _trait(service.port),
        "protocol": _trait(service.protocol),
        "required": _trait(service.required),
        "category": _trait(service.category),
        "description": _trait(service.description),
        "health": _trait(service.health),
    }


def _unused(name: str, found: Traits) -> str:
    """The name, numbered where an earlier pattern has it already."""
    number = 2
    unused = name
    while (Subject.PATTERN, unused) in found:
        unused = f"{name} ({number})"
        number += 1
    return unused
