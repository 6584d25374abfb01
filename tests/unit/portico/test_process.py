"""Child processes: real ones, started, killed, restarted, stopped."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portico.identity import alive, identify
from portico.leftovers import end_leftovers, remember
from portico.logs import RotatingLog
from portico.process import (
    LONGEST_LINE,
    BecameReady,
    Command,
    CouldNotStart,
    Exited,
    Process,
    ProcessEvent,
    Started,
    Supervised,
    pause_seconds,
)
from portico.running import ProcessState
from portico.status import ProcessPhase

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def _python(tmp_path: Path, code: str, **environment: str) -> Command:
    return Command((sys.executable, "-c", code), tmp_path, {"PATH": os.defpath, **environment})


def _log(tmp_path: Path, redact: Callable[[bytes], bytes] = lambda line: line) -> RotatingLog:
    return RotatingLog(tmp_path / "x.log", max_bytes=10_000_000, keep=1, redact=redact)


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def test_output_goes_to_the_log_redacted(tmp_path: Path) -> None:
    """Both streams, lines longer than the buffer and a last line without end are there; the secret is not."""
    code = f"import os, sys; print('key', os.environ['KEY']); print('x' * {3 * LONGEST_LINE}); sys.stderr.write('end')"

    async def scenario() -> int:
        log = _log(tmp_path, lambda line: line.replace(b"hidden", b"***"))
        process = await Process.start(_python(tmp_path, code, KEY="hidden"), log)
        return await process.wait()

    assert asyncio.run(scenario()) == 0
    text = (tmp_path / "x.log").read_bytes()
    assert b"key ***\n" in text
    assert b"hidden" not in text
    assert text.count(b"x") == 3 * LONGEST_LINE
    assert b"end\n" in text


def test_the_environment_is_exactly_what_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of our own environment leaks into a child."""
    monkeypatch.setenv("LEAK", "1")

    async def scenario() -> None:
        command = _python(
            tmp_path, "import os; print(sorted(n for n in os.environ if not n.startswith('LC_')))", GIVEN="1"
        )
        await (await Process.start(command, _log(tmp_path))).wait()

    asyncio.run(scenario())
    assert (tmp_path / "x.log").read_text(encoding="utf-8") == "['GIVEN', 'PATH']\n"


def test_a_deaf_process_is_ended_by_force(tmp_path: Path) -> None:
    """Where SIGTERM does nothing, SIGKILL follows after the given time, and takes grandchildren along."""
    code = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid); {DEAF}"

    async def scenario() -> tuple[int, float]:
        process = await Process.start(_python(tmp_path, code), _log(tmp_path))
        await _until(lambda: b"deaf" in (tmp_path / "x.log").read_bytes())
        grandchild = int((tmp_path / "x.log").read_text(encoding="utf-8").split()[0])
        assert identify(grandchild) is not None
        began = time.monotonic()
        status, seconds = await process.stop(0.3), time.monotonic() - began
        await _until(lambda: identify(grandchild) is None)
        return status, seconds

    status, seconds = asyncio.run(scenario())
    assert status == -signal.SIGKILL
    assert 0.3 <= seconds < 5


def test_a_polite_process_is_given_time(tmp_path: Path) -> None:
    """A process that ends itself on SIGTERM gets to finish."""
    code = "import os, signal, sys, time\ndef end(*_):\n    os.write(1, b'bye\\n')\n    sys.exit(7)\n"
    code += "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(60)"

    async def scenario() -> int:
        process = await Process.start(_python(tmp_path, code), _log(tmp_path))
        await _until(lambda: b"up" in (tmp_path / "x.log").read_bytes())
        return await process.stop(5)

    assert asyncio.run(scenario()) == 7
    assert (tmp_path / "x.log").read_text(encoding="utf-8") == "up\nbye\n"


async def _supervise(
    command: Callable[[], Command],
    tmp_path: Path,
    until: Callable[[list[ProcessEvent]], bool],
    *,
    ready_seconds: float = 5.0,
) -> list[ProcessEvent]:
    events: list[ProcessEvent] = []

    async def ready(_: Command) -> None:
        await asyncio.sleep(0.05)

    async def never(_: Command) -> None:
        await asyncio.sleep(3600)

    child = Supervised(
        "child",
        command,
        ready if ready_seconds > 1 else never,
        ready_seconds=ready_seconds,
        log=_log(tmp_path),
        tell=events.append,
    )
    child.start()
    await _until(lambda: until(events))
    await child.stop(5)
    return events


def test_a_killed_process_comes_back(tmp_path: Path) -> None:
    """After kill -9 the next process is started and becomes ready; after `stop` none is left."""

    def killed_once(events: list[ProcessEvent]) -> bool:
        started = [event.identity.pid for event in events if isinstance(event, Started)]
        if isinstance(events[-1:], list) and len(started) == 1 and isinstance(events[-1], BecameReady):
            os.kill(started[0], signal.SIGKILL)
            events.append(events[0])
        return len([event for event in events if isinstance(event, BecameReady)]) == 2

    events = asyncio.run(
        _supervise(lambda: _python(tmp_path, SLEEP), tmp_path, lambda e: bool(e) and killed_once(e))
    )
    exits = [event for event in events if isinstance(event, Exited)]
    assert [event.status for event in exits] == [-signal.SIGKILL]
    pids = [event.identity.pid for event in events if isinstance(event, Started)]
    assert len(set(pids)) == 2
    assert all(identify(pid) is None for pid in pids)


def test_each_start_asks_for_its_command(tmp_path: Path) -> None:
    """A restart may use another port than the start before."""
    ports = iter(range(10_000, 20_000))

    def command() -> Command:
        base = _python(tmp_path, "raise SystemExit(3)")
        return Command(base.argv, base.directory, base.environment, next(ports))

    events = asyncio.run(
        _supervise(command, tmp_path, lambda e: len([x for x in e if isinstance(x, Started)]) == 3)
    )
    assert [event.port for event in events if isinstance(event, Started)] == [10_000, 10_001, 10_002]
    assert {event.status for event in events if isinstance(event, Exited)} == {3}


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    """A program that is not there is an event with the system's reason, and is tried again."""
    command = Command((str(tmp_path / "absent"),), tmp_path, {})
    events = asyncio.run(_supervise(lambda: command, tmp_path, lambda e: len(e) == 2))
    assert all(isinstance(event, CouldNotStart) and "No such file" in event.reason for event in events)


def test_a_process_that_never_gets_ready_is_ended(tmp_path: Path) -> None:
    """Being up without serving is no state to stay in."""
    events = asyncio.run(
        _supervise(
            lambda: _python(tmp_path, SLEEP),
            tmp_path,
            lambda e: any(isinstance(event, Exited) for event in e),
            ready_seconds=0.2,
        )
    )
    assert not any(isinstance(event, BecameReady) for event in events)


def test_pauses_double_up_to_a_limit_and_are_spread() -> None:
    """From a quarter of a second to half a minute, give or take a quarter."""
    assert [pause_seconds(failures, 0.5) for failures in range(1, 10)] == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert pause_seconds(4, 0.0) == 1.5
    assert pause_seconds(4, 0.999) == pytest.approx(2.5, abs=0.01)
    assert pause_seconds(10_000, 0.5) == 30


def test_leftovers_are_ended_and_strangers_left_alone(tmp_path: Path) -> None:
    """A process written down by a daemon before is ended; one that merely got its number is not."""

    async def scenario() -> None:
        ours = await Process.start(_python(tmp_path, SLEEP), _log(tmp_path))
        stranger = await Process.start(
            _python(tmp_path, SLEEP), RotatingLog(tmp_path / "y", max_bytes=9, keep=1, redact=bytes)
        )
        path = tmp_path / "processes.json"
        remember(
            path,
            [
                ProcessState("ours", ProcessPhase.READY, ours.identity.pid, ours.identity.started),
                ProcessState("theirs", ProcessPhase.READY, stranger.identity.pid, "another time"),
            ],
        )
        ended = await asyncio.to_thread(end_leftovers, path)
        assert ended == (("ours", ours.identity.pid),)
        assert await ours.wait() == -signal.SIGTERM
        assert alive(stranger.identity)
        assert not path.exists()
        await stranger.stop(5)

    asyncio.run(scenario())
