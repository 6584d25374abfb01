"""Stage 10: what runs becomes a `Status`."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.topology import Api, Lane, Provider, PublicModel, Topology
from portico.envoy_admin import Admin, HostHealth
from portico.files import shown_path
from portico.running import ENVOY, Running
from portico.status import (
    EndpointStatus,
    Health,
    LaneState,
    LaneStatus,
    ModelStatus,
    ProcessPhase,
    ProcessStatus,
    ProviderStatus,
    Status,
    TargetStatus,
)

SECONDS_TO_FIRST_PROBES = 3.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What does not change while a release runs. `began` is in seconds of the monotonic clock."""

    topology: Topology
    config: Path
    began: float

    @property
    def url(self) -> str:
        """What clients use as base URL: an unspecified address is reached through loopback."""
        address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(
            self.topology.listen_address, self.topology.listen_address
        )
        host = "localhost" if address == "127.0.0.1" else f"[{address}]" if ":" in address else address
        return f"http://{host}:{self.topology.listen_port}"

    @property
    def control_url(self) -> str:
        """Where the control API is for programs on this machine."""
        return f"http://127.0.0.1:{self.topology.control_port}"


async def observe(scene: Scene, running: Running, admin: Admin) -> Status:
    """The status now; providers are unknown while Envoy does not answer."""
    try:
        hosts = await admin.hosts()
    except OSError:
        hosts = ()
    topology = scene.topology
    return Status(
        phase=running.phase,
        release=running.release,
        generation=running.generation,
        pid=os.getpid(),
        since=running.since,
        uptime_seconds=round(time.monotonic() - scene.began, 3),
        config=shown_path(scene.config),
        url=scene.url,
        control_url=scene.control_url,
        lanes=lanes(topology, running),
        processes=tuple(
            ProcessStatus(
                process.name, process.phase, process.pid, process.port, process.since, process.restarts
            )
            for process in running.processes
        ),
        providers=providers(topology, hosts),
        models=tuple(_model(model, topology) for model in topology.models),
    )


async def first_look(status: Callable[[], Awaitable[Status]], own: str | None) -> tuple[ProviderStatus, ...]:
    """The providers once each was probed, or has had the time to be. `own`, the embedded engine, is waited for until healthy."""
    deadline = time.monotonic() + SECONDS_TO_FIRST_PROBES
    while True:
        seen = (await status()).providers
        complete = (
            all(provider.health is not Health.UNKNOWN for provider in seen) or time.monotonic() > deadline
        )
        if complete and all(provider.health is Health.HEALTHY for provider in seen if provider.name == own):
            return seen
        await asyncio.sleep(0.1)


def lanes(topology: Topology, running: Running) -> tuple[LaneStatus, ...]:
    """Both lanes; LiteLLM's is off without workers, and goes through Envoy like the other."""
    envoy = running.process(ENVOY)
    front = envoy.phase is ProcessPhase.READY
    ready = len(running.worker_ports()) if front else 0
    if topology.workers == 0:
        state = LaneState.OFF
    elif ready == 0:
        state = LaneState.STARTING
    else:
        state = LaneState.READY if ready == topology.workers else LaneState.DEGRADED
    return (
        LaneStatus(Lane.DIRECT.value, LaneState.READY if front else LaneState.STARTING, int(front), 1),
        LaneStatus(Lane.LITELLM.value, state, ready, topology.workers),
    )


def providers(topology: Topology, hosts: Iterable[HostHealth]) -> tuple[ProviderStatus, ...]:
    """Every provider with what Envoy's probes say about its endpoints."""
    found: dict[str, list[HostHealth]] = {}
    for host in hosts:
        lane, _, provider = host.cluster.partition(":")
        if lane == Lane.DIRECT:
            # Endpoints that cannot share a cluster are in numbered ones, `direct:NAME:2`.
            found.setdefault(provider.partition(":")[0], []).append(host)
    return tuple(_provider(provider, found.get(provider.name, [])) for provider in topology.providers)


def servable(topology: Topology, healthy: frozenset[str]) -> str | None:
    """A public model that a healthy provider can be asked for a chat completion of, without LiteLLM if possible."""
    found = {
        branch.lane: model.name
        for model in reversed(topology.models)
        for route in model.routes
        if Api.CHAT in route.apis
        for branch in route.attempts[0].branches
        if branch.provider in healthy
    }
    return found.get(Lane.DIRECT, found.get(Lane.LITELLM))


def _provider(provider: Provider, hosts: list[HostHealth]) -> ProviderStatus:
    endpoints = tuple(
        EndpointStatus(f"{host.address}:{host.port}", _health(provider, host))
        for host in sorted(hosts, key=lambda host: (host.address, host.port))
    )
    states = {endpoint.health for endpoint in endpoints}
    if not states or Health.UNKNOWN in states:
        health = Health.UNKNOWN
    elif len(states) == 1:
        (health,) = states
    else:
        health = Health.DEGRADED
    return ProviderStatus(provider.name, provider.engine, health, endpoints, len(provider.deployments))


def _health(provider: Provider, host: HostHealth) -> Health:
    if not host.healthy:
        return Health.UNHEALTHY
    return Health.HEALTHY if provider.probe is not None and host.probed else Health.UNKNOWN


def _model(model: PublicModel, topology: Topology) -> ModelStatus:
    used = {
        branch.lane.value
        for route in model.routes
        for attempt in route.attempts
        for branch in attempt.branches
    }
    return ModelStatus(
        name=model.name,
        aliases=tuple(alias.name for alias in topology.aliases if alias.model == model.name),
        capabilities=model.capabilities,
        context_length=model.context_length,
        lanes=tuple(sorted(used)),
        targets=tuple(
            TargetStatus(target.provider, target.engine_model, target.weight) for target in model.targets
        ),
        fallbacks=model.fallbacks,
    )
