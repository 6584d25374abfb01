"""The processes of a daemon: what each is run with, when it is ready, and the live files they read."""

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain
from pathlib import Path

from generator.topology import Embedded
from portico import envoy, litellm
from portico.embedded import launch
from portico.envoy_admin import Admin, runs_release
from portico.logs import RotatingLog
from portico.preparation import Prepared
from portico.process import Command, ProcessEvent, Supervised
from portico.running import EMBEDDED, ENVOY, LITELLM
from portico.secrets import Redactor

Tell = Callable[[ProcessEvent], None]

ENVOY_READY_SECONDS = 60.0
LITELLM_READY_SECONDS = 180.0
EMBEDDED_READY_SECONDS = 1800.0
"""A large model may have to come from a slow disk."""


def lay_out(ready: Prepared) -> None:
    """Put Envoy's files and secrets where it will read them; LiteLLM's endpoints say that no worker is ready yet."""
    directory = ready.state.envoy
    envoy.put_secrets(directory, ready.topology, ready.secrets, ready.master_key)
    envoy.link_authorities(directory)
    envoy.put_live_files(directory, envoy.live_files(ready.built.release.artifacts))


def supervised_envoy(ready: Prepared, tell: Tell) -> Supervised:
    """Envoy, ready once it listens and runs this release."""
    admin = Admin(ready.state.admin_socket)
    files = envoy.live_files(ready.built.release.artifacts)

    def command() -> Command:
        return envoy.command(
            ready.programs.envoy,
            ready.state.envoy,
            port=ready.topology.listen_port,
            level=ready.topology.logs.level,
        )

    return _supervised(
        ready,
        ENVOY,
        command,
        lambda _: runs_release(admin, files),
        tell,
        ready_seconds=ENVOY_READY_SECONDS,
    )


def supervised_embedded(ready: Prepared, embedded: Embedded, tell: Tell) -> Supervised:
    """The embedded engine, ready once its model is loaded."""
    return _supervised(
        ready,
        EMBEDDED,
        partial(launch.command, embedded, ready.config),
        lambda _: launch.answers(embedded.port),
        tell,
        ready_seconds=EMBEDDED_READY_SECONDS,
    )


def supervised_worker(ready: Prepared, number: int, tell: Tell) -> Supervised:
    """One LiteLLM worker, ready once it lists every public model."""
    program = ready.programs.litellm
    if program is None:
        raise ValueError("the topology has no LiteLLM worker")
    home = ready.state.run / "litellm"
    home.mkdir(mode=0o700, exist_ok=True)
    release = ready.store.path(ready.built.release.id)

    def command() -> Command:
        environment = litellm.environment(ready.topology, ready.secrets, ready.master_key, home)
        return litellm.command(program, release, environment)

    async def becomes_ready(command: Command) -> None:
        if command.port is None:
            raise ValueError("a worker without a port")
        await litellm.lists_models(command.port, ready.topology, ready.master_key)

    return _supervised(
        ready, f"{LITELLM}{number}", command, becomes_ready, tell, ready_seconds=LITELLM_READY_SECONDS
    )


def redactor(ready: Prepared) -> Redactor:
    """Masks everything secret that this daemon knows."""
    return Redactor(chain(ready.secrets.values(), [ready.master_key]))


def log_path(ready: Prepared, name: str) -> Path:
    """Where the output of a process goes."""
    return ready.state.logs / f"{name}.log"


def _supervised(
    ready: Prepared,
    name: str,
    command: Callable[[], Command],
    becomes_ready: Callable[[Command], Awaitable[None]],
    tell: Tell,
    *,
    ready_seconds: float,
) -> Supervised:
    logs = ready.topology.logs
    log = RotatingLog(log_path(ready, name), max_bytes=logs.max_bytes, keep=logs.keep, redact=redactor(ready))
    return Supervised(name, command, becomes_ready, ready_seconds=ready_seconds, log=log, tell=tell)
