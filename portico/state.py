"""Where everything that outlives a command is kept."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from portico.durable import make_folders
from portico.errors import StateUnusable
from portico.files import shown_path

SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
"""Longest path of a unix socket: `sun_path` without its final zero (unix(7) on Linux, <sys/un.h> on macOS)."""


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """The paths below one state directory. `root` is absolute."""

    root: Path

    @property
    def releases(self) -> Path:
        """A folder per release, named by its id."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """A link to the release that was applied last."""
        return self.root / "current"

    @property
    def history(self) -> Path:
        """One JSON object per line and event."""
        return self.root / "history.jsonl"

    @property
    def generation(self) -> Path:
        """The number of the last generation."""
        return self.root / "generation"

    @property
    def run(self) -> Path:
        """What belongs to the running daemon."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """Logs of the daemon and its processes."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Locked by the running daemon; holds who that is."""
        return self.run / "lock"

    @property
    def processes(self) -> Path:
        """The processes the daemon started, for its successor."""
        return self.run / "processes.json"

    @property
    def control_socket(self) -> Path:
        """The daemon's control API."""
        return self.run / "control.sock"

    @property
    def envoy(self) -> Path:
        """Envoy's working directory, with its live files."""
        return self.run / "envoy"

    @property
    def admin_socket(self) -> Path:
        """Envoy's admin API."""
        return self.envoy / "admin.sock"

    def prepare(self) -> None:
        """Create what is missing, readable by its owner alone.

        Raises `StateUnusable` where that is impossible, or where a socket's path would be too long for the system.
        """
        for socket in (self.control_socket, self.admin_socket):
            if (length := len(os.fsencode(socket))) > SOCKET_PATH_BYTES:
                message = (
                    f"the path of a unix socket may have {SOCKET_PATH_BYTES} bytes, and {socket} has {length}"
                )
                raise StateUnusable(message, "choose a shorter state directory with --state or PORTICO_STATE")
        try:
            for directory in (
                self.root,
                self.releases,
                self.run,
                self.envoy,
                self.envoy / "secrets",
                self.logs,
            ):
                make_folders(directory)
            self.run.chmod(0o700)
            probe = self.run / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            message = f"the state directory {shown_path(self.root)} cannot be used: {error.strerror or error} ({error.filename})"
            raise StateUnusable(
                message, "make it writable, or choose another with --state or PORTICO_STATE"
            ) from error


def state_directory(path: Path) -> StateDirectory:
    """The state directory that a command was given, which may not exist yet."""
    return StateDirectory(path.absolute())
