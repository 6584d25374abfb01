"""Runs `portico up --detach` on a configuration made of plain data, and stops it with `portico down`."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from schemas.diagnostics import DocumentKind
from tests.engines.lifecycle import end_of, free_port

PORTICO = Path(sys.executable).parent / "portico"
SECONDS_TO_LITELLM = 150.0
SECONDS_PER_COMMAND = 120.0


class GatewayFailed(Exception):
    """A command of `portico` failed, or LiteLLM did not become ready in time; the message holds what was said."""


@dataclass(frozen=True)
class Gateway:
    """A running gateway. `url` and `control_url` have no path; `config` and `state` are its directories."""

    url: str
    control_url: str
    config: Path
    state: Path
    http: httpx.Client
    """A client with `url` as base."""

    def portico(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of this checkout's `portico`; the exit code is the caller's to judge."""
        return run_portico(*arguments, environment={})

    def status(self) -> dict[str, Any]:
        """What `portico status --json` tells. Raises GatewayFailed."""
        answer = self.portico("status", "--json", "--state", str(self.state))
        if answer.returncode != 0:
            raise GatewayFailed(answer.stderr)
        told: dict[str, Any] = json.loads(answer.stdout)
        return told

    def logs(self) -> str:
        """The ends of all its logs."""
        return "\n".join(
            f"--- {log.name} ---\n{end_of(log, 40)}" for log in sorted((self.state / "logs").glob("*.log"))
        )


@contextlib.contextmanager
def running_gateway(
    documents: Mapping[DocumentKind, Any], folder: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[Gateway]:
    """Serves `documents` until the `with` is left; its direct lane serves when the body begins, LiteLLM starts still.

    Ports in gateway.yaml are added here: free ones. `environment` is added to the one of `portico up` alone. `folder` must
    have a short path, since sockets are below it.
    """
    config, state = folder / "config", folder / "state"
    config.mkdir(parents=True)
    listen, control = free_port(), free_port()
    own = {"listen": {"port": listen}, "control": {"port": control}}
    for kind in DocumentKind:
        if kind in documents or kind is DocumentKind.GATEWAY:
            entries = documents.get(kind, {})
            extra = own if kind is DocumentKind.GATEWAY else {}
            (config / kind.value).write_text(json.dumps({"version": 1, **entries, **extra}, indent=1))
    where = ("--state", str(state))
    started = run_portico("up", "--detach", "--config", str(config), *where, environment=environment or {})
    if started.returncode != 0:
        raise GatewayFailed(f"portico up ended with {started.returncode}\n{started.stderr}")
    url = f"http://127.0.0.1:{listen}"
    with contextlib.ExitStack() as stack:
        stack.callback(run_portico, "down", "--timeout", "0", *where, environment={})
        http = stack.enter_context(httpx.Client(base_url=url, timeout=60, trust_env=False))
        gateway = Gateway(url, f"http://127.0.0.1:{control}", config, state, http)
        try:
            yield gateway
        except BaseException as error:
            error.add_note(gateway.logs())
            raise


def wait_for_litellm(gateway: Gateway) -> None:
    """Returns once every LiteLLM worker may get traffic. Raises GatewayFailed."""
    deadline = time.monotonic() + SECONDS_TO_LITELLM
    while time.monotonic() < deadline:
        lanes = {lane["name"]: lane["state"] for lane in gateway.http.get("/gateway/status").json()["lanes"]}
        if lanes["litellm"] == "ready":
            return
        time.sleep(0.2)
    raise GatewayFailed(f"LiteLLM is not ready after {SECONDS_TO_LITELLM:.0f} s\n{gateway.logs()}")


def run_portico(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs `portico` with `environment` on top of this process's own."""
    return subprocess.run(
        [str(PORTICO), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_PER_COMMAND,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def nobody_listening() -> Iterator[str]:
    """The URL of a loopback port that refuses connections for as long as the `with` lasts, because it is bound."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
