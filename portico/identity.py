"""Which process a process id means: ids are used again, so an id alone says nothing."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Identity:
    """A process for as long as the machine runs. `started` is the system's own mark of when, to be compared only."""

    pid: int
    started: str

    def to_json(self) -> str:
        """As one JSON object."""
        return json.dumps(asdict(self))


def identify(pid: int) -> Identity | None:
    """The process that has this id now, or None where there is none (or only a zombie)."""
    if sys.platform == "linux":
        try:
            # proc_pid_stat(5): the name in brackets may hold spaces; after it, field 3 is the state and 22 the start time.
            fields = (
                Path(f"/proc/{pid}/stat")
                .read_text(encoding="utf-8", errors="replace")
                .rpartition(")")[2]
                .split()
            )
        except OSError:
            return None
        return None if fields[0] in "ZX" else Identity(pid, fields[19])
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": os.defpath},
    ).stdout.split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else Identity(pid, shown[1].strip())


def alive(identity: Identity) -> bool:
    """Whether this very process still runs."""
    return identify(identity.pid) == identity


def name_of(pid: int) -> str:
    """What people know a process by; "unknown" where the system does not say."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return "unknown"
    shown = subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return Path(shown).name or "unknown"
