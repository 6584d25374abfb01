"""The life of one engine process: started with its output in a log, waited for, stopped with all it started."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ENGINES = Path(__file__).resolve().parent
LISTENING = re.compile(r"^listening on (\S+)$", re.MULTILINE)
SECONDS_TO_STOP = 10.0


class EngineFailed(Exception):
    """The engine ended, or did not become healthy in time; the message holds the end of its log."""


@dataclass(frozen=True)
class Engine:
    """A running engine. `url` has no path and no trailing slash; `log` holds stdout and stderr."""

    name: str
    url: str
    pid: int
    log: Path

    @property
    def port(self) -> int:
        """The TCP port of `url`."""
        port = urlsplit(self.url).port
        assert port is not None
        return port


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    url_in_log: Callable[[str], str | None],
    *,
    health: str | None,
    env: Mapping[str, str] | None = None,
    log_dir: Path | None = None,
    seconds_to_start: float = 20.0,
) -> Iterator[Engine]:
    """Runs `command` until the `with` is left.

    `url_in_log` finds the URL in the log so far (None: not yet). `health` is the path that answers 200 when the engine is
    ready; None asks for an open port only. Raises EngineFailed, and adds the end of the log to what the body raises.
    """
    with contextlib.ExitStack() as stack:
        folder = log_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portico-engine-")))
        handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".log", dir=folder)
        log = Path(path)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ENGINES.parent.parent),
                    "PYTHONUNBUFFERED": "1",
                    **(env or {}),
                },
                cwd=folder,
                start_new_session=True,
            )
        finally:
            os.close(handle)
        stack.callback(stop, process)
        url = wait_until_healthy(name, process, log, url_in_log, health, time.monotonic() + seconds_to_start)
        try:
            yield Engine(name, url, process.pid, log)
        except BaseException as error:
            error.add_note(f"--- end of the log of {name} ---\n{end_of(log)}")
            raise


def wait_until_healthy(
    name: str,
    process: subprocess.Popen[bytes],
    log: Path,
    url_in_log: Callable[[str], str | None],
    health: str | None,
    deadline: float,
) -> str:
    """Returns the engine's URL as soon as it answers; raises EngineFailed when it ended or at `deadline` (monotonic)."""
    with httpx.Client(verify=False, trust_env=False, timeout=2.0) as client:
        while time.monotonic() < deadline:
            if (status := process.poll()) is not None:
                raise EngineFailed(f"{name} ended with status {status}\n{end_of(log)}")
            url = url_in_log(log.read_text(errors="replace"))
            if url is not None and is_healthy(client, url, health):
                return url
            time.sleep(0.05)
    raise EngineFailed(f"{name} did not become healthy in time\n{end_of(log)}")


def is_healthy(client: httpx.Client, url: str, health: str | None) -> bool:
    """Whether `url` answers `health` with 200 now, or accepts a connection when `health` is None."""
    if health is None:
        address = urlsplit(url)
        with socket.socket() as connection:
            return connection.connect_ex((address.hostname, address.port)) == 0
    try:
        return client.get(url + health).status_code == 200
    except httpx.TransportError:
        return False


def announced_url(log: str) -> str | None:
    """The URL in a line `listening on URL`, which this project's own engines print."""
    match = LISTENING.search(log)
    return None if match is None else match.group(1)


def free_port() -> int:
    """A loopback TCP port that was free a moment ago, for programs that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends `process` and every process of its session; a process that is gone already is fine."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
    # The group id stays reserved while a member lives, so this reaches orphans of a killed engine and nobody else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_of(log: Path, lines: int = 150) -> str:
    """The last `lines` lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
