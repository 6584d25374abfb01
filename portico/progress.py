"""What a daemon tells, as it happens, to whoever started it. Facts only; the words are the command line's."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portico.status import ProviderStatus
from schemas.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Accepted:
    """The configuration was accepted, with these diagnostics, and is this release."""

    release: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class LeftoverEnded:
    """A process of a daemon that was killed still ran, and was ended."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class DirectLaneReady:
    """Envoy serves at `url`, `seconds` after the daemon began."""

    url: str
    seconds: float


@dataclass(frozen=True, slots=True)
class LiteLLMReady:
    """The first LiteLLM worker may get traffic, `seconds` after the daemon began; `workers` are configured."""

    seconds: float
    workers: int


@dataclass(frozen=True, slots=True)
class EmbeddedStarting:
    """The embedded engine is started for `provider`, since nothing else answers or the configuration says always.

    `own_model` is the user's file, None for the tiny one that ships.
    """

    provider: str
    own_model: Path | None
    asked_for: bool
    config: Path


@dataclass(frozen=True, slots=True)
class EmbeddedReady:
    """The embedded engine has loaded its model."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ProvidersSeen:
    """The first probes are in."""

    providers: tuple[ProviderStatus, ...]


@dataclass(frozen=True, slots=True)
class Servable:
    """A public model that a chat completion can be asked of right now."""

    url: str
    model: str


@dataclass(frozen=True, slots=True)
class ProcessDied:
    """A process ended by itself; the next start is in `pause` seconds. `why` is its status or the system's reason."""

    name: str
    why: str
    pause: float
    log: Path


@dataclass(frozen=True, slots=True)
class ProcessBack:
    """A process that had died may get traffic again."""

    name: str


@dataclass(frozen=True, slots=True)
class Draining:
    """No new connections are taken; `requests` are still being answered, for at most `seconds` more."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing runs any more. `cut` requests were still being answered when time was up."""

    cut: int


Progress = (
    Accepted
    | LeftoverEnded
    | DirectLaneReady
    | LiteLLMReady
    | EmbeddedStarting
    | EmbeddedReady
    | ProvidersSeen
    | Servable
    | ProcessDied
    | ProcessBack
    | Draining
    | Stopped
)

Report = Callable[[Progress], None]
