"""The intermediate representation: what is to run, with every name resolved, every default applied and every lane chosen.

It speaks neither the input's language nor any renderer's: frozen dataclasses, tuples, numbers with their unit in the name.
Renderers read it and nothing else.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """An inference API; the value is its canonical path. Each is served without the `/v1` as well."""

    CHAT = "/v1/chat/completions"
    COMPLETIONS = "/v1/completions"
    EMBEDDINGS = "/v1/embeddings"
    RERANK = "/v1/rerank"
    RESPONSES = "/v1/responses"
    MESSAGES = "/v1/messages"


class Lane(StrEnum):
    """A complete data path."""

    DIRECT = "direct"
    LITELLM = "litellm"


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret: exactly one of `environment` (a variable's name) and `file` (a path) is set."""

    environment: str | None = None
    file: str | None = None

    @property
    def name(self) -> str:
        """How people are told about it; never its value."""
        return f"${{{self.environment}}}" if self.environment is not None else f"file:{self.file}"

    @property
    def variable(self) -> str:
        """The environment variable through which a child process is given it."""
        if self.environment is not None:
            return self.environment
        return f"PORTICO_FILE_{hashlib.sha256((self.file or '').encode()).hexdigest()[:12].upper()}"


@dataclass(frozen=True, slots=True)
class Header:
    """A request header that a provider wants; `value` is text or a reference."""

    name: str
    value: str | Secret


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a provider. `host` is without brackets for IPv6; `prefix` is empty or starts with `/`, no `/` at its end."""

    tls: bool
    host: str
    port: int
    prefix: str

    @property
    def url(self) -> str:
        """The root URL, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.prefix}"

    @property
    def authority(self) -> str:
        """The HTTP Host of this endpoint: without the port where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class HealthProbe:
    """An active HTTP probe: GET `path` (below the endpoint's prefix), 200 is good. Thresholds are answers in a row."""

    path: str
    interval_ms: int
    timeout_ms: int
    healthy_threshold: int
    unhealthy_threshold: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in milliseconds; see `schemas.providers.Timeouts`."""

    connect_ms: int
    first_token_ms: int
    idle_ms: int
    request_ms: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """One engine model on one provider. Costs are US dollars per million tokens; lengths are tokens."""

    provider: str
    model: str
    capabilities: tuple[str, ...]
    context_length: int | None
    max_output: int | None
    size: str | None
    quantisation: str | None
    tags: tuple[str, ...]
    cost_input: float | None
    cost_output: float | None


@dataclass(frozen=True, slots=True)
class Provider:
    """An active provider. `probe` is None where nothing can be probed without cost; cloud providers may have no endpoint."""

    name: str
    engine: str
    endpoints: tuple[Endpoint, ...]
    api_key: Secret | None
    headers: tuple[Header, ...]
    probe: HealthProbe | None
    limits: Limits
    description: str | None
    tags: tuple[str, ...]
    deployments: tuple[Deployment, ...]
    speaks: tuple[Api, ...]
    """APIs the engine answers itself, so that the direct lane is possible."""
    any_model: bool
    """Whether a pattern sends names to it that its deployments do not list."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way a request can go: a deployment by a lane. `engine_model` is the name the engine wants."""

    provider: str
    lane: Lane
    engine_model: str
    weight: int
    public_model: str
    """The public model it belongs to: the one asked for, or a fallback of it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Branches that share the load by weight. Attempts of a route are tried in order after failures."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests for a public model go, for the APIs in `apis` (the same way for each of them)."""

    apis: tuple[Api, ...]
    attempts: tuple[Attempt, ...]
    last_resort: bool
    """Whether LiteLLM, asked for the public model by its own name, is tried after all attempts."""
    limits: Limits
    """The longest limits of the providers on the way."""


@dataclass(frozen=True, slots=True)
class Target:
    """A configured target of a public model, weight 0 included."""

    provider: str
    engine_model: str
    weight: int


@dataclass(frozen=True, slots=True)
class PublicModel:
    """A name clients send. APIs that are in no route are not served for it."""

    name: str
    description: str | None
    tags: tuple[str, ...]
    """Its own, then those of its targets' models."""
    targets: tuple[Target, ...]
    fallbacks: tuple[str, ...]
    """Names of public models, aliases resolved."""
    lane_choice: str
    """What the configuration asked for: auto, direct or litellm."""
    capabilities: tuple[str, ...]
    """What at least one target can do."""
    context_length: int | None
    """The smallest of the targets' that is known."""
    max_output: int | None
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another public name for a public model; `model` is never an alias."""

    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A family of names for one provider. `rewrite` is the engine's name with RE2 groups (`\\1`), or None to pass the name through."""

    id: str
    """`pattern-0`, `pattern-1`, ... in order."""
    regex: str
    """RE2, matched against the whole name."""
    rewrite: str | None
    provider: str
    description: str | None
    routes: tuple[Route, ...]
    """`engine_model` of their branches is empty: the name is made from each request."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The llama.cpp server that comes with Portico. `model_file` None is the model that ships."""

    start: str
    """auto, always or never."""
    provider: str
    port: int
    host: str
    alias: str
    """The model name it answers to: the provider's first deployment."""
    model_file: str | None
    context_length: int


@dataclass(frozen=True, slots=True)
class Logs:
    """Logs of the daemon and its processes. `max_bytes` is per file."""

    level: str
    max_bytes: int
    keep: int


@dataclass(frozen=True, slots=True)
class Service:
    """A registered service of the machine's port registry."""

    name: str
    port: int
    protocol: str
    required: bool
    category: str | None
    description: str | None
    health: str | None


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything a release is rendered from. Sequences are sorted by name unless their order means something."""

    listen_address: str
    listen_port: int
    control_port: int
    workers: int
    """LiteLLM processes; 0: no LiteLLM lane."""
    providers: tuple[Provider, ...]
    models: tuple[PublicModel, ...]
    aliases: tuple[Alias, ...]
    patterns: tuple[Pattern, ...]
    """In the order in which they are tried."""
    default_model: str | None
    """The public model for unknown names; None: they are rejected."""
    embedded: Embedded | None
    logs: Logs
    services: tuple[Service, ...]

    def provider(self, name: str) -> Provider:
        """The provider of that name; KeyError where there is none."""
        return {provider.name: provider for provider in self.providers}[name]

    def resolve(self, name: str) -> PublicModel | None:
        """The public model a name or alias stands for; None where neither exists (patterns are not looked at)."""
        target = next((alias.model for alias in self.aliases if alias.name == name), name)
        return next((model for model in self.models if model.name == target), None)
