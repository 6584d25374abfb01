"""Envoy's admin API, over its unix socket (https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin)."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.render.envoy.names import CDS_PATH, LDS_PATH, MAIN_LISTENER
from portico.local_http import Answer, request_async

_ACTIVE = re.compile(r"^http\.(?P<prefix>.+)\.downstream_rq_active: (?P<count>\d+)$", re.MULTILINE)
_VERSION = re.compile(r'^(?P<source>\S+)\.version_text: "(?P<version>.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HostHealth:
    """An endpoint as Envoy sees it. `probed` is False until the first active probe has been answered or given up."""

    cluster: str
    address: str
    port: int
    healthy: bool
    probed: bool


class Admin:
    """Envoy's admin API over its unix socket. Every method raises OSError while Envoy does not answer."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def live(self) -> bool:
        """Whether Envoy has its first configuration, and listens."""
        return (await self._get("/ready")).status == 200

    async def versions(self) -> dict[str, str]:
        """The version that each dynamic source runs, by the name of its statistics (`cluster_manager.cds`, ...)."""
        text = (await self._get("/stats?filter=version_text")).body.decode()
        return {match["source"]: match["version"] for match in _VERSION.finditer(text) if match["version"]}

    async def hosts(self) -> tuple[HostHealth, ...]:
        """Every endpoint of every cluster."""
        answer = await self._get("/clusters?format=json")
        return tuple(_hosts(json.loads(answer.body)))

    async def active_requests(self) -> int:
        """Requests of clients that are being answered now."""
        text = (await self._get("/stats?filter=downstream_rq_active")).body.decode()
        return sum(
            int(match["count"]) for match in _ACTIVE.finditer(text) if match["prefix"] == MAIN_LISTENER
        )

    async def prometheus(self) -> Answer:
        """Every statistic, as Prometheus reads it."""
        return await self._get("/stats/prometheus", seconds=10.0)

    async def drain(self) -> None:
        """Take no new connections, and close each connection after the answer it waits for."""
        await self._post("/drain_listeners?graceful&skip_exit")
        # Graceful alone goes on accepting; this closes the listening sockets and no connection.
        await self._post("/drain_listeners")

    async def _get(self, path: str, *, seconds: float = 2.0) -> Answer:
        return await request_async(self._socket, "GET", path, seconds=seconds)

    async def _post(self, path: str) -> Answer:
        return await request_async(self._socket, "POST", path, seconds=2.0)


async def runs_release(admin: Admin, files: Mapping[str, bytes]) -> None:
    """Return once Envoy listens and runs the versions that these files name; asked again and again until then."""
    wanted = {json.loads(files[path])["version_info"] for path in (CDS_PATH, LDS_PATH)}
    while True:
        with suppress(OSError):
            if await admin.live() and wanted <= set((await admin.versions()).values()):
                return
        await asyncio.sleep(0.02)


def _hosts(document: Any) -> Iterator[HostHealth]:
    for cluster in document.get("cluster_statuses", []):
        for host in cluster.get("host_statuses", []):
            address = host["address"].get("socket_address")
            if address is None:
                # The stand-in behind a provider's endpoints, a unix socket of Envoy's own.
                continue
            health = host.get("health_status", {})
            yield HostHealth(
                cluster=cluster["name"],
                address=address["address"],
                port=address["port_value"],
                healthy=not (health.get("failed_active_health_check") or health.get("failed_outlier_check")),
                probed=not health.get("pending_active_hc", False),
            )
