"""Stage 5: a checked `Config` becomes a `Topology`. Total: if the checks found no error, this cannot fail."""

from urllib.parse import urlsplit

from generator.engines import engine
from generator.routing import Routing
from generator.topology import (
    Alias,
    Deployment,
    Embedded,
    Endpoint,
    Header,
    HealthProbe,
    Limits,
    Logs,
    Pattern,
    Provider,
    PublicModel,
    Secret,
    Service,
    Target,
    Topology,
)
from schemas.config import Config
from schemas.fields import SECRET_REFERENCE, milliseconds, size_in_bytes
from schemas.gateway import DefaultTimeouts, GatewayFile
from schemas.mappings import ModelMapping
from schemas.providers import Health, Model, Status
from schemas.providers import Provider as ProviderEntry


def compile_config(config: Config) -> Topology:
    """Resolve every name, apply every default and choose every lane. `config` must have passed all checks."""
    gateway, mappings = config.gateway, config.mappings
    matched = {pattern.provider for pattern in mappings.patterns}
    providers = tuple(
        _provider(name, entry, gateway.timeouts, any_model=name in matched)
        for name, entry in sorted(config.providers.providers.items())
        if entry.status is Status.ACTIVE
    )
    resolved = {alias: resolve_alias(mappings.aliases, alias) for alias in mappings.aliases}
    routing = Routing(
        {provider.name: provider for provider in providers},
        mappings.models,
        resolved,
        workers=gateway.litellm.workers,
    )
    default = mappings.unknown_model.model
    return Topology(
        listen_address=gateway.listen.address,
        listen_port=gateway.listen.port,
        control_port=gateway.control.port,
        workers=gateway.litellm.workers,
        providers=providers,
        models=tuple(_model(name, entry, routing) for name, entry in sorted(mappings.models.items())),
        aliases=tuple(Alias(name, model) for name, model in sorted(resolved.items())),
        patterns=tuple(
            Pattern(
                f"pattern-{index}",
                p.match,
                p.model,
                p.provider,
                p.description,
                routing.pattern_routes(p.provider),
            )
            for index, p in enumerate(mappings.patterns)
        ),
        default_model=None if default is None else resolved.get(default, default),
        embedded=_embedded(gateway, {provider.name: provider for provider in providers}),
        logs=Logs(gateway.log.level, size_in_bytes(gateway.log.max_size), gateway.log.keep),
        services=_services(config),
    )


def resolve_alias(aliases: dict[str, str], name: str) -> str:
    """The name at the end of a chain of aliases; stops where a cycle closes."""
    seen: set[str] = set()
    while name in aliases and name not in seen:
        seen.add(name)
        name = aliases[name]
    return name


def secret(reference: str) -> Secret:
    """A reference as written in the configuration, `${NAME}` or `file:path`."""
    if reference.startswith("file:"):
        return Secret(file=reference.removeprefix("file:"))
    return Secret(environment=reference[2:-1])


def endpoint(url: str) -> Endpoint:
    """An endpoint as written in the configuration; the scheme's port where none is given."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Endpoint(tls, parts.hostname or "", parts.port or (443 if tls else 80), parts.path.rstrip("/"))


def _provider(name: str, entry: ProviderEntry, defaults: DefaultTimeouts, *, any_model: bool) -> Provider:
    known = engine(entry.engine)
    own = entry.timeouts
    return Provider(
        name=name,
        engine=entry.engine,
        endpoints=tuple(endpoint(url) for url in entry.endpoints),
        api_key=secret(entry.api_key) if entry.api_key is not None else None,
        headers=tuple(
            Header(key, secret(value) if SECRET_REFERENCE.fullmatch(value) else value)
            for key, value in sorted(entry.headers.items())
        ),
        probe=_probe(entry.health, known.health_path) if entry.endpoints else None,
        limits=Limits(
            connect_ms=milliseconds(own.connect or defaults.connect),
            first_token_ms=milliseconds(own.first_token or defaults.first_token),
            idle_ms=milliseconds(own.idle or defaults.idle),
            request_ms=milliseconds(own.request or defaults.request),
        ),
        description=entry.description,
        tags=tuple(entry.tags),
        deployments=tuple(_deployment(name, model, spec) for model, spec in sorted(entry.models.items())),
        speaks=known.speaks,
        any_model=any_model,
    )


def _probe(health: Health, default_path: str | None) -> HealthProbe | None:
    path = health.path or default_path
    if path is None:
        return None
    return HealthProbe(
        path=path,
        interval_ms=milliseconds(health.interval),
        timeout_ms=milliseconds(health.timeout),
        healthy_threshold=health.healthy_threshold,
        unhealthy_threshold=health.unhealthy_threshold,
    )


def _deployment(provider: str, name: str, spec: Model) -> Deployment:
    return Deployment(
        provider=provider,
        model=name,
        capabilities=tuple(dict.fromkeys(capability.value for capability in spec.capabilities)),
        context_length=spec.context_length,
        max_output=spec.max_output,
        size=spec.size,
        quantisation=spec.quantisation,
        tags=tuple(spec.tags),
        cost_input=spec.cost.input if spec.cost else None,
        cost_output=spec.cost.output if spec.cost else None,
    )


def _model(name: str, entry: ModelMapping, routing: Routing) -> PublicModel:
    deployments = routing.deployments(entry)
    contexts = [d.context_length for d in deployments if d.context_length is not None]
    outputs = [d.max_output for d in deployments if d.max_output is not None]
    return PublicModel(
        name=name,
        description=entry.description,
        tags=tuple(dict.fromkeys([*entry.tags, *(tag for d in deployments for tag in d.tags)])),
        targets=tuple(Target(t.provider, t.model, t.weight) for t in entry.targets),
        fallbacks=routing.fallbacks(entry),
        lane_choice=entry.lane.value,
        capabilities=tuple(sorted({capability for d in deployments for capability in d.capabilities})),
        context_length=min(contexts, default=None),
        max_output=min(outputs, default=None),
        routes=routing.routes(name, entry),
    )


def _embedded(gateway: GatewayFile, providers: dict[str, Provider]) -> Embedded | None:
    entry = gateway.embedded
    if entry is None or entry.provider not in providers:
        return None
    served = providers[entry.provider]
    first = served.endpoints[0]
    return Embedded(
        start=entry.start.value,
        provider=served.name,
        port=first.port,
        host=first.host,
        alias=served.deployments[0].model,
        model_file=entry.model_file,
        context_length=entry.context_length,
    )


def _services(config: Config) -> tuple[Service, ...]:
    if config.ports is None:
        return ()
    return tuple(
        Service(name, s.port, s.protocol.value, s.required, s.category, s.description, s.health)
        for name, s in sorted(config.ports.services.items())
    )
