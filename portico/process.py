"""Child processes: started, listened to, started again when they die, stopped."""

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portico.identity import Identity, identify
from portico.logs import RotatingLog

LONGEST_LINE = 64 * 1024
"""Bytes of a line of output; what is longer is logged in pieces."""

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A process that ran this long before it died starts again as if for the first time."""

_log = logging.getLogger("portico.process")


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run. `port` is what it will listen on, if that is part of who it is."""

    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    """All of its environment. Secrets go here, never into `argv`, which every user of the machine can read."""
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The process exists; nothing is known about what it can do."""

    name: str
    identity: Identity
    port: int | None


@dataclass(frozen=True, slots=True)
class BecameReady:
    """The process may get traffic. `seconds` since it was started."""

    name: str
    port: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended by itself. `status` is negative for a signal; it starts again in `pause` seconds."""

    name: str
    status: int
    pause: float


@dataclass(frozen=True, slots=True)
class CouldNotStart:
    """The program could not be run at all; the next attempt is in `pause` seconds."""

    name: str
    reason: str
    pause: float


ProcessEvent = Started | BecameReady | Exited | CouldNotStart


class Process:
    """One running process, whose output goes to a log line by line."""

    def __init__(self, child: asyncio.subprocess.Process, identity: Identity, log: RotatingLog) -> None:
        self.identity = identity
        self._child = child
        self._output = asyncio.create_task(_copy_output(child, log))

    @classmethod
    async def start(cls, command: Command, log: RotatingLog) -> "Process":
        """Run a command in its own session, so that Ctrl-C at the terminal reaches the daemon alone. Raises OSError.

        Call it from the main thread: Envoy may be bound to the life of the thread that starts it.
        """
        child = await asyncio.create_subprocess_exec(
            *command.argv,
            cwd=command.directory,
            env=dict(command.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        # A process that is gone already has no mark of its start, and none will be asked for.
        return cls(child, identify(child.pid) or Identity(child.pid, ""), log)

    async def wait(self) -> int:
        """The exit status, negative for a signal, once the process ended and its output is in the log."""
        status = await self._child.wait()
        # What the process left running may hold its output open for ever.
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._output), 1.0)
        self._end_group()
        return status

    async def stop(self, seconds: float) -> int:
        """Ask the process to end, and after `seconds` end it, with everything it started. Returns its exit status."""
        if self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.terminate()
            try:
                await asyncio.wait_for(self._child.wait(), seconds)
            except TimeoutError:
                self._end_group()
        return await self.wait()

    def _end_group(self) -> None:
        # The id of a session stays reserved while it has a member, so this reaches its orphans and nobody else.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.identity.pid, signal.SIGKILL)


class Supervised:
    """Keeps one program running until it is stopped, and tells what happens.

    `command` is asked for each start, so that a start after a death can use another port. `ready` returns once the process
    may get traffic; it is given up when the process ends, and a process that is not ready after `ready_seconds` is ended.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[], Command],
        ready: Callable[[Command], Awaitable[None]],
        *,
        ready_seconds: float,
        log: RotatingLog,
        tell: Callable[[ProcessEvent], None],
    ) -> None:
        self.name = name
        self._command = command
        self._ready = ready
        self._ready_seconds = ready_seconds
        self._log = log
        self._tell = tell
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "asyncio.Task[None]":
        """Start it, and keep it running from now on. The task returned never ends by itself but with an error of ours."""
        self._task = asyncio.create_task(self._keep_running(), name=f"supervise {self.name}")
        return self._task

    async def stop(self, seconds: float) -> None:
        """End it for good: politely, and after `seconds` by force."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._process is not None:
            status = await self._process.stop(seconds)
            _log.info("%s stopped with status %d", self.name, status)
            self._process = None
        self._log.close()

    async def _keep_running(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            failure = await self._run_once(began)
            failures = 1 if time.monotonic() - began >= STEADY_SECONDS else failures + 1
            pause = pause_seconds(failures, random.random())  # noqa: S311 - spreads restarts, keeps no secret
            match failure:
                case int():
                    self._tell(Exited(self.name, failure, pause))
                case str():
                    self._tell(CouldNotStart(self.name, failure, pause))
            await asyncio.sleep(pause)

    async def _run_once(self, began: float) -> int | str:
        """The exit status of one run, or why there was none."""
        try:
            command = self._command()
            process = self._process = await Process.start(command, self._log)
        except OSError as error:
            return error.strerror or str(error)
        self._tell(Started(self.name, process.identity, command.port))
        becoming_ready = asyncio.create_task(self._become_ready(process, command, began))
        try:
            status = await process.wait()
        finally:
            becoming_ready.cancel()
        self._process = None
        return status

    async def _become_ready(self, process: Process, command: Command, began: float) -> None:
        try:
            await asyncio.wait_for(self._ready(command), self._ready_seconds)
        except TimeoutError:
            _log.error("%s was not ready after %.0f s and is ended", self.name, self._ready_seconds)
            await process.stop(1.0)
        else:
            self._tell(BecameReady(self.name, command.port, time.monotonic() - began))


def pause_seconds(failures: int, fraction: float) -> float:
    """The pause before the next start after `failures` deaths in a row: doubling, up to a limit, spread by ±25 %.

    `fraction` in [0, 1) chooses within the spread.
    """
    base = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE_SECONDS)
    return base * (0.75 + fraction / 2)


async def _copy_output(child: asyncio.subprocess.Process, log: RotatingLog) -> None:
    output = child.stdout
    if output is None:
        raise RuntimeError("the process was started without a pipe for its output")
    while True:
        try:
            line = await output.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                log.write(end.partial)
            return
        except asyncio.LimitOverrunError as overrun:
            line = await output.readexactly(overrun.consumed or LONGEST_LINE)
        log.write(line)
