"""The unix socket of the control API: how the daemon opens it, and how a command talks to the daemon through it."""

import json
import socket
from pathlib import Path
from typing import Any

from portico.errors import NotRunning
from portico.files import shown_path
from portico.local_http import Answer, request
from portico.state import StateDirectory
from portico.status import Status, from_json


def listen_on(path: Path) -> socket.socket:
    """A unix socket for its owner alone, in place of one that a killed daemon left. The caller holds the lock."""
    path.unlink(missing_ok=True)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    opened.bind(str(path))
    path.chmod(0o600)
    opened.listen(16)
    return opened


def fetch_status(state: StateDirectory) -> Status:
    """What runs in a state directory. Raises `NotRunning`."""
    return from_json(_ask(state, "GET", "/gateway/status").body)


def ask_to_stop(state: StateDirectory, seconds: float) -> None:
    """Have the daemon stop, with so many seconds for requests on their way. Raises `NotRunning`."""
    _ask(state, "POST", "/gateway/stop", {"timeout_seconds": seconds})


def _ask(state: StateDirectory, method: str, path: str, body: Any = None) -> Answer:
    try:
        answer = request(
            state.control_socket, method, path, body=None if body is None else json.dumps(body).encode()
        )
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise NotRunning(
            f"nothing is running in {shown_path(state.root)}", "start it with `portico up`"
        ) from error
    except OSError as error:
        raise NotRunning(
            f"the daemon in {shown_path(state.root)} does not answer: {error}", "see its logs/daemon.log"
        ) from error
    if answer.status >= 400:
        raise RuntimeError(
            f"the daemon refused {method} {path} with {answer.status}: {answer.body.decode(errors='replace')}"
        )
    return answer
