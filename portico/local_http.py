"""Small HTTP requests to our own processes, over unix sockets and loopback; cheap to import, unlike a full client."""

import asyncio
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Address = Path | int
"""A unix socket, or a port of 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    content_type: str
    body: bytes


def request(
    address: Address,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 5.0,
) -> Answer:
    """One request on a connection of its own. Raises OSError when nobody answers within `seconds`, or not in HTTP."""
    connection: http.client.HTTPConnection = (
        http.client.HTTPConnection("127.0.0.1", address, timeout=seconds)
        if isinstance(address, int)
        else _UnixConnection(address, seconds)
    )
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.getheader("content-type", ""), response.read())
    except http.client.HTTPException as error:
        raise ConnectionError(f"no HTTP answer: {type(error).__name__}") from error
    finally:
        connection.close()


async def request_async(
    address: Address,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 5.0,
) -> Answer:
    """As `request`, in a thread."""
    return await asyncio.to_thread(request, address, method, path, headers=headers, seconds=seconds)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
