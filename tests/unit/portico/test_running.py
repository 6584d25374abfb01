"""The state of a daemon after each event, and what a status makes of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.topology import Topology
from portico.envoy_admin import HostHealth
from portico.identity import Identity
from portico.observe import Scene, lanes, providers, servable
from portico.process import BecameReady, CouldNotStart, Exited, ProcessEvent, Started
from portico.running import Running, after
from portico.status import Health, LaneState, Phase, ProcessPhase, Status, from_json, to_json
from schemas.diagnostics import DocumentKind
from tests.configs import accept, sources_of

NOTHING = Running("abc", 1, "2026-01-01T00:00:00.000Z", Phase.STARTING, ())


def _play(running: Running, *events: ProcessEvent) -> Running:
    for second, event in enumerate(events):
        running = after(running, event, f"t{second}")
    return running


def _started(name: str, port: int | None = None, pid: int = 7) -> Started:
    return Started(name, Identity(pid, "mark"), port)


def test_envoy_ready_is_serving() -> None:
    """The first time Envoy is ready the daemon serves; its later deaths do not make it a daemon that starts."""
    running = _play(NOTHING.with_process("envoy"), _started("envoy"))
    assert running.phase is Phase.STARTING
    running = _play(running, BecameReady("envoy", None, 0.1))
    assert running.phase is Phase.SERVING
    assert _play(running, Exited("envoy", -9, 0.2)).phase is Phase.SERVING


def test_an_envoy_that_dies_before_it_is_ready_still_starts_the_daemon() -> None:
    """What counts is the first time it is ready, not the first time it was started."""
    running = _play(
        NOTHING.with_process("envoy"), _started("envoy"), Exited("envoy", 1, 0.2), _started("envoy")
    )
    assert running.phase is Phase.STARTING
    assert _play(running, BecameReady("envoy", None, 0.1)).phase is Phase.SERVING


def test_a_draining_daemon_stays_one() -> None:
    """An Envoy that comes back while draining does not make the daemon serve again."""
    draining = replace(NOTHING.with_process("envoy"), phase=Phase.DRAINING)
    assert _play(draining, _started("envoy"), BecameReady("envoy", None, 0.1)).phase is Phase.DRAINING


def test_only_ready_workers_have_ports() -> None:
    """A worker counts from ready to its death, on the port of that start."""
    running = NOTHING.with_process("litellm-1").with_process("litellm-2").with_process("envoy")
    running = _play(
        running, _started("litellm-1", 1001), _started("litellm-2", 1002), _started("envoy", 4000)
    )
    assert running.worker_ports() == ()
    running = _play(
        running, *(BecameReady(name, port, 1.0) for name, port in (("litellm-1", 1001), ("envoy", 4000)))
    )
    assert running.worker_ports() == (1001,)
    running = _play(running, Exited("litellm-1", 1, 0.2), _started("litellm-1", 1003))
    assert running.worker_ports() == ()
    running = _play(running, BecameReady("litellm-1", 1003, 1.0), BecameReady("litellm-2", 1002, 1.0))
    assert running.worker_ports() == (1003, 1002)


def test_deaths_are_counted_and_leave_no_pid() -> None:
    """A process that is not there has no process id, whether it died or could not be run."""
    running = _play(NOTHING.with_process("envoy"), _started("envoy"), Exited("envoy", 1, 0.2))
    process = _play(running, CouldNotStart("envoy", "No such file", 0.5)).process("envoy")
    assert (process.phase, process.pid, process.since, process.restarts) == (
        ProcessPhase.RESTARTING,
        None,
        None,
        2,
    )


def test_an_event_of_an_unknown_process_is_a_bug() -> None:
    """Nothing is made up for a process that nobody keeps running."""
    with pytest.raises(KeyError):
        _play(NOTHING, BecameReady("envoy", None, 0.1))


@pytest.fixture
def topology() -> Topology:
    """Two engines and a cloud; one model for each engine, one for both, one that goes through LiteLLM."""
    data = {
        DocumentKind.PROVIDERS: {
            "version": 1,
            "providers": {
                "one": {
                    "engine": "vllm",
                    "endpoints": ["http://127.0.0.1:9001", "http://127.0.0.1:9002"],
                    "models": {"a": {}},
                },
                "two": {"engine": "ollama", "endpoints": ["http://127.0.0.1:9003"], "models": {"b": {}}},
                "cloud": {"engine": "groq", "api_key": "${GROQ_API_KEY}", "models": {"c": {}}},
            },
        },
        DocumentKind.MAPPINGS: {
            "version": 1,
            "models": {
                "by-litellm": {"lane": "litellm", "targets": [{"provider": "two", "model": "b"}]},
                "first": {"targets": [{"provider": "one", "model": "a"}]},
                "second": {"targets": [{"provider": "two", "model": "b"}]},
            },
        },
        DocumentKind.GATEWAY: {"version": 1, "listen": {"address": "0.0.0.0"}, "litellm": {"workers": 2}},
    }
    return accept(sources_of(data)).topology


def _host(cluster: str, port: int, *, healthy: bool = True, probed: bool = True) -> HostHealth:
    return HostHealth(cluster, "127.0.0.1", port, healthy=healthy, probed=probed)


def test_health_of_providers(topology: Topology) -> None:
    """All, some or none of the endpoints; what is not probed yet, or not at all, is unknown; other clusters say nothing."""
    hosts = [
        _host("direct:one", 9001),
        _host("direct:one:2", 9002, healthy=False),
        _host("direct:two", 9003, probed=False),
        _host("litellm:two", 1, healthy=False),
        _host("control", 4001),
    ]
    found = {provider.name: provider for provider in providers(topology, hosts)}
    assert {name: provider.health for name, provider in found.items()} == {
        "one": Health.DEGRADED,
        "two": Health.UNKNOWN,
        "cloud": Health.UNKNOWN,
    }
    assert [endpoint.address for endpoint in found["one"].endpoints] == ["127.0.0.1:9001", "127.0.0.1:9002"]
    found = {
        p.name: p
        for p in providers(topology, [_host("direct:one", 9001), _host("direct:two", 9003, healthy=False)])
    }
    assert (found["one"].health, found["two"].health) == (Health.HEALTHY, Health.UNHEALTHY)


def test_what_can_be_asked_now(topology: Topology) -> None:
    """A model on the direct lane of a healthy provider, in the order of names."""
    assert servable(topology, frozenset({"one", "two"})) == "first"
    assert servable(topology, frozenset({"two"})) == "second"
    assert servable(topology, frozenset()) is None


@pytest.mark.parametrize(
    ("ready", "envoy", "expected"),
    [
        (0, True, (LaneState.READY, LaneState.STARTING)),
        (1, True, (LaneState.READY, LaneState.DEGRADED)),
        (2, True, (LaneState.READY, LaneState.READY)),
        (2, False, (LaneState.STARTING, LaneState.STARTING)),
    ],
)
def test_lanes(*, topology: Topology, ready: int, envoy: bool, expected: tuple[LaneState, LaneState]) -> None:
    """LiteLLM's lane needs Envoy and its workers; the direct lane needs Envoy alone."""
    running = NOTHING.with_process("envoy").with_process("litellm-1").with_process("litellm-2")
    running = _play(running, _started("envoy"), *(_started(f"litellm-{n}", 1000 + n) for n in (1, 2)))
    running = _play(running, *(BecameReady(f"litellm-{n}", 1000 + n, 1.0) for n in range(1, ready + 1)))
    if envoy:
        running = _play(running, BecameReady("envoy", None, 0.1))
    direct, litellm = lanes(topology, running)
    assert (direct.state, litellm.state) == expected


def test_a_lane_without_workers_is_off(topology: Topology) -> None:
    """No worker configured is not the same as none ready."""
    running = _play(NOTHING.with_process("envoy"), _started("envoy"), BecameReady("envoy", None, 0.1))
    assert lanes(replace(topology, workers=0), running)[1].state is LaneState.OFF


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://localhost:4000"),
        ("0.0.0.0", "http://localhost:4000"),
        ("::", "http://[::1]:4000"),
        ("10.0.0.5", "http://10.0.0.5:4000"),
    ],
)
def test_the_base_url_can_be_used_here(topology: Topology, address: str, url: str) -> None:
    """An address that means every interface is none that a client can connect to everywhere."""
    assert Scene(replace(topology, listen_address=address), Path("config"), 0.0).url == url


def test_a_status_survives_json() -> None:
    """What the API writes is what the command reads; anything else is refused."""
    status = Status(
        phase=Phase.SERVING,
        release="abc",
        generation=1,
        pid=1,
        since="t",
        uptime_seconds=1.5,
        config="config",
        url="http://localhost:4000",
        control_url="http://127.0.0.1:4001",
        lanes=(),
        processes=(),
        providers=(),
        models=(),
    )
    data = json.dumps(to_json(status)).encode()
    assert from_json(data) == status
    with pytest.raises(ValueError, match="phase"):
        from_json(data.replace(b"serving", b"dancing"))
