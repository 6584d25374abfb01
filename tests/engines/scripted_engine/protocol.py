"""HTTP/1.1 on a plain asyncio transport: header names as they came, unread bodies, and connections that can be reset."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, cast

import httptools

Outcome = Literal["running", "answered", "cut", "client_gone"]
BODY_LIMIT = 64 * 2**20
JSON = "application/json"


class ClientGone(Exception):
    """The client closed the connection while it was being answered."""


@dataclass
class Received:
    """One request as it came over the wire; `target` is the raw path with query, header names keep their case."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytearray = field(default_factory=bytearray)
    outcome: Outcome = "running"

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition(b"?")[0].decode("latin-1")

    def header(self, name: bytes) -> bytes | None:
        """The value of the first header with that name, in whatever case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Connection(asyncio.Protocol):
    """One client connection: requests are answered one after the other by `answer(request, connection)`."""

    def __init__(self, answer: Callable[[Received, "Connection"], Awaitable[None]]) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)
        self._requests: asyncio.Queue[Received] = asyncio.Queue()
        self._coming: Received | None = None
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._transport: asyncio.Transport | None = None
        self._drained = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self._current: Received | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not of asyncio's class.
        self._transport = cast(asyncio.Transport, transport)
        self._drained.set()
        self._serving = asyncio.ensure_future(self._serve())

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.reset()
        except httptools.HttpParserError:
            self.send(400, {}, b"")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._current is not None and self._current.outcome == "running":
            self._current.outcome = "client_gone"
        self._transport = None
        self._drained.set()
        if self._serving is not None:
            self._serving.cancel()

    def pause_writing(self) -> None:
        self._drained.clear()

    def resume_writing(self) -> None:
        self._drained.set()

    def on_message_begin(self) -> None:
        self._target, self._headers = b"", []

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        method = self._parser.get_method().decode()
        self._coming = Received(method, self._target, self._headers)
        if (self._coming.header(b"expect") or b"").lower() == b"100-continue":
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        assert self._coming is not None
        self._coming.body += body
        if len(self._coming.body) > BODY_LIMIT:
            self.send(413, {}, b"")
            self.close()

    def on_message_complete(self) -> None:
        assert self._coming is not None
        self._requests.put_nowait(self._coming)

    async def _serve(self) -> None:
        while True:
            self._current = await self._requests.get()
            await self._answer(self._current, self)
            if self._current.outcome == "running":
                self._current.outcome = "answered"
            if (self._current.header(b"connection") or b"").lower() == b"close":
                self.close()

    def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Sends a whole answer; HEAD gets the headers only."""
        self._write(head(status, {"content-length": str(len(body)), **headers}))
        if self._current is None or self._current.method != "HEAD":
            self._write(body)

    def start_stream(self, status: int, headers: Mapping[str, str]) -> None:
        """Sends the head of a chunked answer."""
        self._write(head(status, {"transfer-encoding": "chunked", **headers}))

    async def send_chunk(self, chunk: bytes) -> None:
        """Sends one chunk and waits while the client reads too slowly. Raises ClientGone."""
        self._write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        await self._drained.wait()
        if self._transport is None:
            raise ClientGone

    def end_stream(self) -> None:
        """Ends a chunked answer."""
        self._write(b"0\r\n\r\n")

    def reset(self) -> None:
        """Resets the TCP connection: the client sees ECONNRESET, not an end of file. What was written is sent first."""
        if self._current is not None:
            self._current.outcome = "cut"
        if self._transport is not None:
            # Linger time zero turns close() into a reset.
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    def close(self) -> None:
        """Closes the connection after what was written."""
        if self._transport is not None:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers; the content type is JSON unless said otherwise."""
    known = {entry.value: entry.phrase for entry in HTTPStatus}
    lines = [f"HTTP/1.1 {status} {known.get(status, 'Scripted')}"]
    lines += [f"{name}: {value}" for name, value in {"content-type": JSON, **headers}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
