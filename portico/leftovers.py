"""Processes that outlived a daemon which could not stop them: written down as they start, ended by its successor."""

import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from portico.durable import replace_file
from portico.identity import Identity, alive
from portico.running import ProcessState

SECONDS_TO_STOP = 5.0


def remember(path: Path, processes: Iterable[ProcessState]) -> None:
    """Write down which processes run now."""
    running = [{"name": p.name, "pid": p.pid, "started": p.started} for p in processes if p.pid is not None]
    replace_file(path, json.dumps(running).encode(), durable=False)


def end_leftovers(path: Path) -> tuple[tuple[str, int], ...]:
    """End what still runs of the processes written down in `path`, with their sessions; returns names and process ids.

    A process id that has been used again since is nobody of ours and is left alone.
    """
    found = [(name, identity) for name, identity in _read(path) if alive(identity)]
    for _, identity in found:
        _signal(identity, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < deadline and any(alive(identity) for _, identity in found):
        time.sleep(0.05)
    for _, identity in found:
        if alive(identity):
            _signal(identity, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return tuple((name, identity.pid) for name, identity in found)


def _signal(identity: Identity, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(identity.pid, number)


def _read(path: Path) -> Iterator[tuple[str, Identity]]:
    try:
        entries = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        # No daemon before, or a write cut short by a power cut, after which no process is left either.
        return
    for entry in entries:
        yield str(entry["name"]), Identity(int(entry["pid"]), str(entry["started"]))
