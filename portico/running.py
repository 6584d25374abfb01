"""The state of a running daemon, and how an event changes it. Pure: the daemon's one task feeds it and acts on it."""

from dataclasses import dataclass, replace
from typing import assert_never

from portico.process import BecameReady, CouldNotStart, Exited, ProcessEvent, Started
from portico.status import Phase, ProcessPhase

ENVOY = "envoy"
EMBEDDED = "embedded"
LITELLM = "litellm-"
"""LiteLLM's workers are `litellm-1`, `litellm-2`, ..."""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A process that is kept running. `since` is ISO 8601 in UTC; `restarts` counts deaths since the daemon began."""

    name: str
    phase: ProcessPhase
    pid: int | None = None
    started: str = ""
    """The mark of `portico.identity.Identity`."""
    port: int | None = None
    since: str | None = None
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """What the daemon runs. A generation is a running instance of a release; the number only grows."""

    release: str
    generation: int
    since: str
    phase: Phase
    processes: tuple[ProcessState, ...]

    def process(self, name: str) -> ProcessState:
        """The process of that name; KeyError where there is none."""
        return {process.name: process for process in self.processes}[name]

    def workers(self) -> tuple[ProcessState, ...]:
        """LiteLLM's workers."""
        return tuple(process for process in self.processes if process.name.startswith(LITELLM))

    def worker_ports(self) -> tuple[int, ...]:
        """Ports of the LiteLLM workers that may get traffic."""
        ready = (worker for worker in self.workers() if worker.phase is ProcessPhase.READY)
        return tuple(worker.port for worker in ready if worker.port is not None)

    def with_process(self, name: str) -> "Running":
        """With one more process to be kept running."""
        return replace(self, processes=(*self.processes, ProcessState(name, ProcessPhase.STARTING)))


def after(running: Running, event: ProcessEvent, now: str) -> Running:
    """The state after an event. `now` is ISO 8601 in UTC. KeyError for a process that is not kept running."""
    process = running.process(event.name)
    match event:
        case Started(identity=identity, port=port):
            changed = replace(
                process,
                phase=ProcessPhase.STARTING,
                pid=identity.pid,
                started=identity.started,
                port=port,
                since=now,
            )
        case BecameReady():
            changed = replace(process, phase=ProcessPhase.READY)
        case Exited() | CouldNotStart():
            changed = ProcessState(event.name, ProcessPhase.RESTARTING, restarts=process.restarts + 1)
        case _:
            assert_never(event)
    phase = running.phase
    if event.name == ENVOY and isinstance(event, BecameReady) and phase is Phase.STARTING:
        phase = Phase.SERVING
    return replace(
        running,
        phase=phase,
        processes=tuple(changed if p.name == event.name else p for p in running.processes),
    )
