"""One daemon per state directory."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from portico.errors import ResourceTaken
from portico.files import shown_path
from portico.state import StateDirectory


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs in a state directory. `since` is ISO 8601 in UTC, `port` where clients connect."""

    pid: int
    since: str
    port: int


class Lock:
    """Held for as long as the daemon lives; the system lets go of it however the daemon ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next daemon in. The file stays: removing it would let two daemons lock two files of one name."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def acquire(state: StateDirectory, owner: Owner) -> Lock:
    """Become the one daemon of a prepared state directory. Raises `ResourceTaken`, saying who is."""
    descriptor = os.open(state.lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not _locked(descriptor):
        os.close(descriptor)
        running = _read(state.lock)
        who = (
            "another process"
            if running is None
            else f"pid {running.pid}, since {running.since}, on port {running.port}"
        )
        hint = "`portico status` shows it, `portico down` stops it; --state chooses another state directory"
        raise ResourceTaken(f"Portico already runs in {shown_path(state.root)}: {who}", hint)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(owner)).encode(), 0)
    return Lock(descriptor)


def holder(state: StateDirectory) -> Owner | None:
    """Who runs now, or None where nobody does (or has not said yet who it is)."""
    return _read(state.lock) if is_held(state) else None


def is_held(state: StateDirectory) -> bool:
    """Whether a daemon runs now. A file left behind by a dead daemon is no daemon."""
    try:
        descriptor = os.open(state.lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _locked(descriptor: int) -> bool:
    # `is_held` locks for an instant to look; only a lock that stays belongs to a daemon.
    for _ in range(5):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def _read(path: Path) -> Owner | None:
    try:
        found = json.loads(path.read_bytes())
        return Owner(int(found["pid"]), str(found["since"]), int(found["port"]))
    except (OSError, ValueError, KeyError):
        return None
