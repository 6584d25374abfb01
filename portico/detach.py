"""A daemon in the background: its own session, its words in a file, its exit code ours while it starts."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from portico.control_socket import fetch_status
from portico.errors import CannotStart, NotRunning, PorticoError
from portico.files import shown_path
from portico.logs import last_lines
from portico.state import StateDirectory
from portico.status import Phase, Status

SECONDS_TO_SERVE = 90.0
LINES_SHOWN = 20


class DetachedFailed(PorticoError):
    """The daemon ended before it served. Its own words have been said, and its exit code is the command's."""


def serve_detached(
    config: Path, state: StateDirectory, *, drain_seconds: float, say: Callable[[str], None]
) -> Status:
    """Start a daemon and return once its direct lane serves; `say` gets what it had to say until then.

    Raises `PorticoError` with the daemon's exit code when it ends before, or when it does not serve in time.
    """
    state.prepare()
    words = state.logs / "up.log"
    command = [
        sys.executable,
        "-Im",
        "portico",
        "up",
        "--config",
        str(config.absolute()),
        "--state",
        str(state.root),
    ]
    with words.open("wb") as file:
        daemon = subprocess.Popen(
            [*command, "--drain-timeout", str(drain_seconds)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + SECONDS_TO_SERVE
    while time.monotonic() < deadline:
        if (code := daemon.poll()) is not None:
            raise _ended(code, words)
        try:
            status = fetch_status(state)
        except NotRunning:
            pass
        else:
            if status.pid == daemon.pid and status.phase is Phase.SERVING:
                say(words.read_text(encoding="utf-8", errors="replace").rstrip())
                return status
        time.sleep(0.05)
    daemon.terminate()
    daemon.wait()
    lines = last_lines(state.logs / "envoy.log", LINES_SHOWN)
    raise CannotStart("the direct lane did not serve in time; Envoy said last:\n" + "\n".join(lines))


def _ended(code: int, words: Path) -> PorticoError:
    said = "\n".join(last_lines(words, LINES_SHOWN))
    error = DetachedFailed(
        f"the gateway ended with exit code {code} before it served; it said:\n{said}",
        f"see {shown_path(words)}",
    )
    error.exit_code = code if code > 0 else 1
    return error
