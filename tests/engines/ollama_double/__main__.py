"""`python -m tests.engines.ollama_double --model NAME=PATH.gguf [--model ...] [--pull-source PATH.gguf] [--port N]`.

Prints `listening on http://127.0.0.1:PORT` when ready; SIGTERM and SIGINT stop it and every llama.cpp it started.
"""

import argparse
import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.engines.ollama_double.generation import Generation
from tests.engines.ollama_double.library import Library
from tests.engines.ollama_double.openai_surface import OpenAISurface
from tests.engines.ollama_double.replies import Refused, refused
from tests.engines.ollama_double.runners import Runners

COUNTERS_PATH = "/double/counters"
FORWARDED = ("chat/completions", "completions", "embeddings", "responses", "messages")


class RequestCounter:
    """ASGI middleware that counts requests by path, all but those for the counters themselves."""

    def __init__(self, app: ASGIApp, requests: Counter[str]) -> None:
        self.app = app
        self.requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts and passes on."""
        if scope["type"] == "http" and scope["path"] != COUNTERS_PATH:
            self.requests[scope["path"]] += 1
        await self.app(scope, receive, send)


def application(models: dict[str, Path], pull_source: Path | None) -> ASGIApp:
    """The double as an ASGI application."""
    runners = Runners()
    library = Library(models, runners, pull_source)
    generation, surface = Generation(library), OpenAISurface(library)
    requests: Counter[str] = Counter()

    async def counters(_request: Request) -> Response:
        """What the double was asked and what that cost, tokens as llama.cpp counted them."""
        tokens = await runners.tokens()
        return JSONResponse(
            {
                "loads": runners.loads,
                "generated_tokens": tokens["tokens_predicted_total"],
                "prompt_tokens": tokens["prompt_tokens_total"],
                "requests": requests,
            }
        )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        expiry = asyncio.create_task(runners.unload_expired())
        yield
        expiry.cancel()
        await runners.close()

    routes = [
        Route("/", library.root, methods=["GET", "HEAD"]),
        Route("/api/version", library.version),
        Route("/api/tags", library.tags),
        Route("/api/ps", library.running),
        Route("/api/show", library.show, methods=["POST"]),
        Route("/api/pull", library.pull, methods=["POST"]),
        Route("/api/copy", library.copy, methods=["POST"]),
        Route("/api/delete", library.delete, methods=["DELETE"]),
        Route("/api/chat", generation.chat, methods=["POST"]),
        Route("/api/generate", generation.generate, methods=["POST"]),
        Route("/api/embed", generation.embed, methods=["POST"]),
        Route("/api/embeddings", generation.embed, methods=["POST"]),
        Route("/v1/models", surface.models),
        Route("/v1/models/{name:path}", surface.model),
        *(Route(f"/v1/{path}", surface.forward, methods=["POST"]) for path in FORWARDED),
        Route(COUNTERS_PATH, counters),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={Refused: refused})
    return RequestCounter(app, requests)


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines.ollama_double")
    parser.add_argument(
        "--model", action="append", default=[], metavar="NAME=PATH", help="a model in the store"
    )
    parser.add_argument("--pull-source", type=Path, help="the GGUF that a pull of a new name brings")
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    models = {name: Path(path) for name, _, path in (entry.partition("=") for entry in args.model)}
    listener = socket.create_server(("127.0.0.1", args.port))
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        application(models, args.pull_source), log_level="warning", timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
