"""Whether the embedded engine is needed, and how it is run."""

import asyncio
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from generator.topology import Embedded, Endpoint, Topology
from portico.embedded import TINY_MODEL
from portico.local_http import request_async
from portico.process import Command

PROBE_SECONDS = 0.3


async def is_needed(topology: Topology) -> bool:
    """Whether to start it: always when the configuration says so; with `auto`, when no configured engine accepts a connection.

    An engine that already listens on its address counts as configured: it is what the user runs there.
    """
    embedded = topology.embedded
    if embedded is None or embedded.start == "never":
        return False
    if embedded.start == "always":
        return True
    return not await any_reachable(
        endpoint for provider in topology.providers for endpoint in provider.endpoints
    )


async def any_reachable(endpoints: Iterable[Endpoint]) -> bool:
    """Whether at least one endpoint accepts a TCP connection within 0.3 s; all are tried at the same time."""
    answers = await asyncio.gather(
        *(_accepts(host, port) for host, port in {(e.host, e.port) for e in endpoints})
    )
    return any(answers)


def command(embedded: Embedded, base: Path) -> Command:
    """How the engine is run. `base` is the configuration directory, which `model_file` is relative to."""
    argv = (
        sys.executable,
        "-Im",
        "portico.embedded.server",
        "--model",
        str(model_path(embedded, base)),
        "--alias",
        embedded.alias,
        "--host",
        embedded.host,
        "--port",
        str(embedded.port),
        "--ctx-size",
        str(embedded.context_length),
    )
    return Command(argv, base, {"PATH": os.defpath, "LANG": "C.UTF-8"}, embedded.port)


def model_path(embedded: Embedded, base: Path) -> Path:
    """The GGUF it serves."""
    return (
        TINY_MODEL
        if embedded.model_file is None
        else (base / Path(embedded.model_file).expanduser()).absolute()
    )


async def answers(port: int) -> None:
    """Return once the engine has loaded its model."""
    while True:
        with suppress(OSError):
            if (await request_async(port, "GET", "/health", seconds=2.0)).status == 200:
                return
        await asyncio.sleep(0.05)


async def _accepts(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), PROBE_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
