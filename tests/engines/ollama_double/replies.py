"""How Ollama says things over HTTP: errors, NDJSON streams, request bodies."""

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse


class Refused(Exception):
    """A request that Ollama answers with `{"error": message}` and `status`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def json_object(request: Request) -> dict[str, Any]:
    """The request's body; raises Refused(400) when it is missing or no JSON object. The content type does not matter."""
    raw = await request.body()
    if not raw:
        raise Refused(400, "missing request body")
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise Refused(400, str(error)) from error
    if not isinstance(value, dict):
        raise Refused(400, "json: cannot unmarshal the body into an object")
    return value


async def ndjson(events: AsyncIterator[dict[str, Any]]) -> Response:
    """Streams `events` one JSON object a line. What is Refused before the first event is an ordinary error reply;
    after it, it is a last line `{"error": ...}`, because the status is already sent."""
    first = await anext(events)

    async def lines() -> AsyncIterator[bytes]:
        yield line(first)
        try:
            async for event in events:
                yield line(event)
        except Refused as error:
            yield line({"error": error.message})

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def line(event: dict[str, Any]) -> bytes:
    """One NDJSON line."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


async def refused(_request: Request, error: Exception) -> Response:
    """Starlette's exception handler for Refused."""
    assert isinstance(error, Refused)
    return JSONResponse({"error": error.message}, error.status)
