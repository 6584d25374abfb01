"""The daemon: one process that owns Envoy, LiteLLM's workers and the embedded engine.

Start:  configuration ▶ lock and ports ▶ release validated and stored ▶ secrets ▶ Envoy ▶ embedded engine, LiteLLM
Stop:   no new connections ▶ requests finish, or time is up ▶ Envoy ▶ the others

One task reads the inbox and is the only one that changes `running`; everything else sends it events.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.topology import Embedded
from portico import children, envoy
from portico.embedded import launch
from portico.envoy_admin import Admin
from portico.leftovers import remember
from portico.logs import log_to
from portico.observe import Scene, first_look, observe, servable
from portico.preparation import Prepared, prepared
from portico.process import BecameReady, CouldNotStart, Exited, ProcessEvent, Supervised
from portico.progress import (
    DirectLaneReady,
    Draining,
    EmbeddedReady,
    EmbeddedStarting,
    LiteLLMReady,
    ProcessBack,
    ProcessDied,
    Progress,
    ProvidersSeen,
    Report,
    Servable,
    Stopped,
)
from portico.running import EMBEDDED, ENVOY, Running, after
from portico.state import StateDirectory
from portico.status import Health, Phase, Status
from portico.store import now

if TYPE_CHECKING:
    from portico.control import ControlServer

SECONDS_TO_END = 10.0
"""For a process that has nothing left to do; LiteLLM takes its time to close."""

HURRIED_SECONDS_TO_END = 0.5

HEAD_START_SECONDS = 0.7
"""For the embedded engine before Envoy starts: enough for the model that ships, little of the time to the first answer."""

_log = logging.getLogger("portico.daemon")


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody wants the daemon to stop; requests may take `seconds` more."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task of the daemon ended with an error, which is a bug; the daemon does not go on without it."""

    error: BaseException


Event = ProcessEvent | StopAsked | TaskFailed


def serve(config: Path, state: StateDirectory, *, drain_seconds: float, report: Report, began: float) -> None:
    """Run the gateway until it is told to stop by a signal or the control API. Call it from the main thread.

    `began` is when the user asked for it, in seconds of the monotonic clock. Raises `Rejected` and every `PorticoError`
    before anything was started.
    """
    with prepared(config, state, report) as ready:
        log = log_to(state.logs / "daemon.log", ready.topology.logs, children.redactor(ready))
        try:
            asyncio.run(_run(ready, drain_seconds, report, began))
        except Exception:
            _log.exception("the daemon failed")
            raise
        finally:
            log.close()


async def _run(ready: Prepared, drain_seconds: float, report: Report, began: float) -> None:
    await _Daemon(ready, drain_seconds, report, began).run()


class _Daemon:
    def __init__(self, ready: Prepared, drain_seconds: float, report: Report, began: float) -> None:
        self._ready = ready
        self._drain_seconds = drain_seconds
        self._report = report
        self._scene = Scene(ready.topology, ready.config, began)
        self._admin = Admin(ready.state.admin_socket)
        self._inbox: asyncio.Queue[Event] = asyncio.Queue()
        self._hurry = asyncio.Event()
        self._deadline = 0.0
        self._children: dict[str, Supervised] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._own_provider: str | None = None
        generation = ready.store.next_generation()
        self._running = Running(ready.built.release.id, generation, ready.since, Phase.STARTING, ())

    async def run(self) -> None:
        """Start everything, keep it running, and stop it when asked to."""
        _log.info("release %s, generation %d", self._running.release, self._running.generation)
        self._listen_to_signals()
        servers: list[ControlServer] = []
        try:
            await self._start(servers)
            seconds = await self._follow()
            cut = await self._drain(seconds)
        finally:
            await self._end_children()
            for server in servers:
                await server.stop()
        self._ready.store.record(
            "stopped", release=self._running.release, generation=self._running.generation, cut=cut
        )
        self._tell(Stopped(cut))

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # What the caller had ignored, as nohup does with SIGHUP, stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._signalled)

    async def _start(self, servers: "list[ControlServer]") -> None:
        """Start what serves at once; what can wait for Envoy is started when it serves. Adds to `servers` what it opens."""
        children.lay_out(self._ready)
        if (embedded := await self._engine_of_our_own()) is not None:
            self._own_provider = embedded.provider
            self._keep(children.supervised_embedded(self._ready, embedded, self._inbox.put_nowait))
            # Found healthy by Envoy's first probe, it serves from the start, not from the second probe on.
            with suppress(TimeoutError):
                await asyncio.wait_for(launch.answers(embedded.port), HEAD_START_SECONDS)
        self._keep(children.supervised_envoy(self._ready, self._inbox.put_nowait))
        # Importing the server takes as long as Envoy takes to start; both happen at once.
        from portico.control import Control, ControlServer, private_application, public_application

        control = Control(self._status, self._stop_asked, self._admin)
        servers.append(ControlServer(public_application(control), self._ready.control_port))
        servers.append(ControlServer(private_application(control), self._ready.control_socket))
        for server in servers:
            self._watch(server.task)

    async def _follow(self) -> float:
        """Act on events until somebody wants the daemon to stop; returns how many seconds requests may still take."""
        while True:
            match event := await self._inbox.get():
                case StopAsked(seconds=seconds):
                    return seconds
                case TaskFailed(error=error):
                    raise error
                case _:
                    before, self._running = self._running, after(self._running, event, now())
                    self._write_down()
                    self._act(before, event)

    def _act(self, before: Running, event: ProcessEvent) -> None:
        if before.worker_ports() != self._running.worker_ports():
            self._publish_workers()
        match event:
            case BecameReady():
                _log.info("%s is ready after %.2f s", event.name, event.seconds)
                if before.phase is Phase.STARTING and self._running.phase is Phase.SERVING:
                    self._serving()
                elif before.process(event.name).restarts:
                    self._tell(ProcessBack(event.name))
                elif event.name == EMBEDDED:
                    self._tell(EmbeddedReady(event.seconds))
                elif not before.worker_ports():
                    self._tell(LiteLLMReady(self._elapsed(), self._ready.topology.workers))
            case Exited(status=status, pause=pause):
                signals = {-number: number.name for number in signal.Signals}
                self._died(event.name, signals.get(status, f"status {status}"), pause)
            case CouldNotStart(reason=reason, pause=pause):
                self._died(event.name, reason, pause)

    def _write_down(self) -> None:
        try:
            remember(self._ready.state.processes, self._running.processes)
        except OSError:
            # A full disk costs the successor of a killed daemon its knowledge, and nobody a request.
            _log.exception("the list of processes could not be written")

    def _publish_workers(self) -> None:
        """Have Envoy send LiteLLM's requests to the workers that are ready."""
        try:
            envoy.put_worker_endpoints(self._ready.state.envoy, self._running.worker_ports())
        except OSError:
            _log.exception("the endpoints of LiteLLM could not be written; this is tried again")
            asyncio.get_running_loop().call_later(1.0, self._publish_workers)

    def _tell(self, progress: Progress) -> None:
        try:
            self._report(progress)
        except OSError as error:
            # The terminal is gone; the gateway goes on until it is told to stop.
            _log.info("nobody reads what is told: %s", error)

    def _serving(self) -> None:
        store, running = self._ready.store, self._running
        store.set_current(running.release)
        store.record("started", release=running.release, generation=running.generation)
        self._tell(DirectLaneReady(self._scene.url, self._elapsed()))
        # Starting Python several times over would take Envoy's cores from it, so they wait until it serves.
        for number in range(1, self._ready.topology.workers + 1):
            self._keep(children.supervised_worker(self._ready, number, self._inbox.put_nowait))
        self._spawn(self._announce())

    def _died(self, name: str, why: str, pause: float) -> None:
        _log.error("%s ended (%s); it starts again in %.1f s", name, why, pause)
        self._tell(ProcessDied(name, why, pause, children.log_path(self._ready, name)))

    async def _engine_of_our_own(self) -> Embedded | None:
        """The embedded engine, where it has to be started."""
        embedded = self._ready.topology.embedded
        if embedded is None or not await launch.is_needed(self._ready.topology):
            return None
        own = None if embedded.model_file is None else launch.model_path(embedded, self._ready.config)
        self._tell(EmbeddedStarting(embedded.provider, own, embedded.start == "always", self._ready.config))
        return embedded

    async def _drain(self, seconds: float) -> int:
        """Let requests finish; returns how many did not."""
        self._running = replace(self._running, phase=Phase.DRAINING)
        self._deadline = time.monotonic() + seconds
        active = 0
        with suppress(OSError):
            await self._admin.drain()
            active = await self._admin.active_requests()
            if active:
                _log.info("draining %d requests for at most %.0f s", active, seconds)
                self._tell(Draining(active, seconds))
            while active and time.monotonic() < self._deadline and not self._hurry.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), 0.1)
                active = await self._admin.active_requests()
        return active

    async def _end_children(self) -> None:
        for task in tuple(self._background):
            task.cancel()
        grace = HURRIED_SECONDS_TO_END if self._hurry.is_set() else SECONDS_TO_END
        # Envoy first: what stands behind it still answers what it has taken in.
        if (front := self._children.pop(ENVOY, None)) is not None:
            await front.stop(grace)
        await asyncio.gather(*(child.stop(grace) for child in self._children.values()))
        envoy.clear(self._ready.state.envoy)
        self._ready.state.processes.unlink(missing_ok=True)

    def _keep(self, child: Supervised) -> None:
        self._running = self._running.with_process(child.name)
        self._children[child.name] = child
        self._watch(child.start())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        self._watch(task)

    def _watch(self, task: "asyncio.Task[None]") -> None:
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._inbox.put_nowait(TaskFailed(error))

    def _signalled(self) -> None:
        if self._running.phase is Phase.DRAINING:
            self._hurry.set()
        else:
            self._stop_asked(self._drain_seconds)

    def _stop_asked(self, seconds: float) -> None:
        if self._running.phase is Phase.DRAINING:
            # Whoever asks again may be in more of a hurry, never in less.
            self._deadline = min(self._deadline, time.monotonic() + seconds)
        else:
            self._inbox.put_nowait(StopAsked(seconds))

    async def _status(self) -> Status:
        return await observe(self._scene, self._running, self._admin)

    async def _announce(self) -> None:
        """Tell which providers answer and what can be asked now, once the first probes are in."""
        seen = await first_look(self._status, self._own_provider)
        self._tell(ProvidersSeen(seen))
        healthy = frozenset(provider.name for provider in seen if provider.health is Health.HEALTHY)
        if (model := servable(self._ready.topology, healthy)) is not None:
            self._tell(Servable(self._scene.url, model))

    def _elapsed(self) -> float:
        return time.monotonic() - self._scene.began
