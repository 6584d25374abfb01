"""The control API: read-only on the loopback port, where Envoy and Prometheus come, everything on the unix socket."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portico.envoy_admin import Admin
from portico.status import LaneState, Status, to_json

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

LONGEST_STOP_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Control:
    """What the API asks of the daemon. `stop` takes the seconds that requests may still take."""

    status: Callable[[], Awaitable[Status]]
    stop: Callable[[float], None]
    admin: Admin


def public_application(control: Control) -> ASGIApp:
    """What the loopback port serves: nothing that changes anything, and no web page's requests."""
    routes = [*_reading(control), Route("/metrics", _metrics(control))]
    return _OnlyLocalReaders(Starlette(routes=routes, exception_handlers={HTTPException: _told}))


def private_application(control: Control) -> ASGIApp:
    """What the unix socket serves, which only its owner can open."""
    routes = [*_reading(control), Route("/gateway/stop", _stop(control), methods=["POST"])]
    return Starlette(routes=routes, exception_handlers={HTTPException: _told})


class ControlServer:
    """Serves an application on a socket, inside the running event loop."""

    def __init__(self, application: ASGIApp, listening: socket.socket) -> None:
        config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", ws="none")
        self._server = _Server(config)
        self.task = asyncio.create_task(self._server.serve(sockets=[listening]), name="control")

    async def stop(self) -> None:
        """Stop serving; answers on their way are finished."""
        self._server.should_exit = True
        await self.task


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals belong to the daemon.
        yield


class _OnlyLocalReaders:
    """Refuses what a web page could make a browser send here: a name that was rebound to loopback, a foreign origin."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        origin = request.headers.get("origin")
        if _host(f"//{request.headers.get('host', '')}") not in LOOPBACK:
            answer = _error(421, "this API answers to localhost only", "misdirected_request")
        elif origin is not None and _host(origin) not in LOOPBACK:
            answer = _error(403, "requests from other origins are refused", "foreign_origin")
        elif request.method not in {"GET", "HEAD"}:
            answer = _error(
                405, "this port only tells; use `portico` to change what runs", "method_not_allowed"
            )
        else:
            await self._application(scope, receive, send)
            return
        await answer(scope, receive, send)


def _reading(control: Control) -> list[Route]:
    async def status(_: Request) -> Response:
        return JSONResponse(to_json(await control.status()))

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def detailed(_: Request) -> Response:
        return _detailed(await control.status())

    async def models(_: Request) -> Response:
        return JSONResponse({"models": to_json(await control.status())["models"]})

    async def providers(_: Request) -> Response:
        return JSONResponse({"providers": to_json(await control.status())["providers"]})

    return [
        Route("/gateway/status", status),
        Route("/gateway/health", health),
        Route("/health/detailed", detailed),
        Route("/gateway/models", models),
        Route("/gateway/providers", providers),
    ]


def _detailed(status: Status) -> Response:
    document = to_json(status)
    complete = all(lane.state in {LaneState.READY, LaneState.OFF} for lane in status.lanes)
    chosen = ("release", "generation", "uptime_seconds", "lanes", "processes", "providers")
    body: dict[str, Any] = {
        "status": "ok" if complete else "degraded",
        **{key: document[key] for key in chosen},
    }
    return JSONResponse(body)


def _metrics(control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(_: Request) -> Response:
        try:
            answer = await control.admin.prometheus()
        except OSError:
            return _error(503, "Envoy does not answer", "envoy_unavailable")
        return Response(answer.body, answer.status, media_type=answer.content_type)

    return metrics


def _stop(control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def stop(request: Request) -> Response:
        try:
            seconds = float(json.loads(await request.body())["timeout_seconds"])
        except (ValueError, KeyError, TypeError):
            return _error(400, 'write {"timeout_seconds": <number>}', "invalid_body")
        if not 0 <= seconds <= LONGEST_STOP_SECONDS:
            return _error(
                400, f"timeout_seconds is not between 0 and {LONGEST_STOP_SECONDS:.0f}", "invalid_body"
            )
        control.stop(seconds)
        return JSONResponse({"status": "stopping"}, 202)

    return stop


async def _told(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _error(
        error.status_code,
        f"{error.detail.lower()}: see /gateway/status",
        "not_found" if error.status_code == 404 else None,
    )


def _error(status: int, message: str, code: str | None) -> Response:
    """OpenAI's error object (https://platform.openai.com/docs/guides/error-codes)."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
