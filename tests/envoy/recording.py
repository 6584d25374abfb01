"""A bare HTTP/1.1 server in a thread: it keeps the bytes it was sent, and does what a test says."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Request:
    """What arrived. Header names are in lower case; `body` is without the chunks' frames."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass
class Reply:
    """What to answer. `chunks` are sent one by one, `pause` seconds apart, after which `cut` resets the connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"ok":true}'
    delay: float = 0.0
    chunks: list[bytes] | None = None
    pause: float = 0.0
    cut: bool = False


RESET = Reply(cut=True)

Behaviour = Callable[[Request], Reply]


def ok(_: Request) -> Reply:
    """The ordinary answer."""
    return Reply()


class Recording:
    """A server on a free loopback port. `requests` is everything but health probes, in the order of arrival."""

    def __init__(self, name: str, host: str = "127.0.0.1") -> None:
        self.name = name
        self.requests: list[Request] = []
        self.probes: list[Request] = []
        self.healthy = True
        self.behave: Behaviour = ok
        self.host = host
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"recording-{name}", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise TimeoutError("the recording server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def reset(self) -> None:
        """Forgets what arrived, and answers as usual again."""
        self.requests.clear()
        self.probes.clear()
        self.healthy = True
        self.behave = ok

    @property
    def bodies(self) -> list[bytes]:
        """The bodies that arrived."""
        return [request.body for request in self.requests]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, self.host, self.port, limit=2**20)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                if not await self._answer(request, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        if request.method == "GET":
            self.probes.append(request)
            await _send(writer, Reply(200 if self.healthy else 503))
            return True
        self.requests.append(request)
        reply = self.behave(request)
        await asyncio.sleep(reply.delay)
        if reply.cut and reply.chunks is None:
            writer.transport.abort()
            return False
        await _send(writer, reply)
        if reply.cut:
            writer.transport.abort()
        return not reply.cut


async def _read(reader: asyncio.StreamReader) -> Request | None:
    start = await reader.readline()
    if not start:
        return None
    method, path, _ = start.decode("latin-1").split(" ", 2)
    headers: list[tuple[str, str]] = []
    while (line := (await reader.readline()).rstrip(b"\r\n")) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name.lower(), value.strip()))
    fields = dict(headers)
    if fields.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(fields.get("content-length", "0")))
    return Request(method, path, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = {"content-type": "application/json", **reply.headers}
    if reply.chunks is None:
        headers["content-length"] = str(len(reply.body))
    else:
        headers |= {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if reply.chunks is None:
        writer.write(reply.body)
    for chunk in reply.chunks or []:
        writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        await writer.drain()
        await asyncio.sleep(reply.pause)
    if reply.chunks is not None and not reply.cut:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
