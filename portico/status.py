"""What runs, as the control API and `portico status --json` tell it. One definition for both."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """How far the daemon is."""

    STARTING = "starting"
    SERVING = "serving"
    DRAINING = "draining"


class ProcessPhase(StrEnum):
    """How far a process is. Ready: may get traffic."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"


class LaneState(StrEnum):
    """Whether requests of a lane are answered. Degraded: by fewer processes than configured."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"


class Health(StrEnum):
    """What the last probes of a provider said. Unknown: it is not probed, or not yet."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """A process of the daemon. `pid` and `since` (ISO 8601, UTC) are None while it does not run; `restarts` counts its deaths."""

    name: str
    state: ProcessPhase
    pid: int | None
    port: int | None
    since: str | None
    restarts: int


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """A data path. `ready` of `processes` processes may get its traffic."""

    name: str
    state: LaneState
    ready: int
    processes: int


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """An address of a provider, as `host:port`."""

    address: str
    health: Health


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """An active provider. `models` counts its deployments."""

    name: str
    engine: str
    health: Health
    endpoints: tuple[EndpointStatus, ...]
    models: int


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """A deployment a public model's requests go to. `weight` 0: none do."""

    provider: str
    model: str
    weight: int


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A public model. `lanes` are those its targets are reached by; lengths are tokens."""

    name: str
    aliases: tuple[str, ...]
    capabilities: tuple[str, ...]
    context_length: int | None
    lanes: tuple[str, ...]
    targets: tuple[TargetStatus, ...]
    fallbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What runs. `since` is ISO 8601 in UTC; `config` the configuration directory; `url` what clients use as base URL."""

    phase: Phase
    release: str
    generation: int
    pid: int
    since: str
    uptime_seconds: float
    config: str
    url: str
    control_url: str
    lanes: tuple[LaneStatus, ...]
    processes: tuple[ProcessStatus, ...]
    providers: tuple[ProviderStatus, ...]
    models: tuple[ModelStatus, ...]


def to_json(status: Status) -> dict[str, Any]:
    """As plain values for JSON."""
    return asdict(status)


def from_json(data: bytes) -> Status:
    """From JSON text. Raises ValueError where it is not a status, such as one of another version."""
    from pydantic import TypeAdapter

    return TypeAdapter(Status).validate_json(data, strict=True)
