"""The native API about models: list, show, running, pull, copy, delete, version."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.engines.ollama_double.replies import Refused, json_object, ndjson
from tests.engines.ollama_double.runners import CONTEXT_LENGTH, Runners
from tests.engines.ollama_double.store import StoredModel, full_name, stored, timestamp

VERSION = "0.14.0"
FAR_FUTURE = 2**33  # Unix time; stands for "never" where a date must be printed


class Library:
    """The store of models and the routes that look at it or change it."""

    def __init__(self, models: dict[str, Path], runners: Runners, pull_source: Path | None) -> None:
        entries = [stored(name, path) for name, path in models.items()]
        self.models: dict[str, StoredModel] = {entry.name: entry for entry in entries}
        self.runners = runners
        self.pull_source = pull_source

    def model(self, body: dict[str, Any]) -> StoredModel:
        """The stored model that `body` names by `model` or `name`. Raises Refused(400) and Refused(404)."""
        name = body.get("model") or body.get("name")
        if not isinstance(name, str):
            raise Refused(400, "model is required")
        found = self.models.get(full_name(name))
        if found is None:
            raise Refused(404, f"model '{name}' not found")
        return found

    async def root(self, _request: Request) -> Response:
        """`GET|HEAD /`, the health check of old."""
        return PlainTextResponse("Ollama is running")

    async def version(self, _request: Request) -> Response:
        """`GET /api/version`."""
        return JSONResponse({"version": VERSION})

    async def tags(self, _request: Request) -> Response:
        """`GET /api/tags`: every model in the store."""
        return JSONResponse({"models": [model.listed() for model in self.models.values()]})

    async def running(self, _request: Request) -> Response:
        """`GET /api/ps`: every loaded model."""
        entries = []
        for runner in self.runners.loaded.values():
            entry = runner.model.listed()
            del entry["modified_at"]
            expires_at = timestamp(min(runner.expires_at, FAR_FUTURE))
            entries.append(
                {**entry, "expires_at": expires_at, "size_vram": 0, "context_length": CONTEXT_LENGTH}
            )
        return JSONResponse({"models": entries})

    async def show(self, request: Request) -> Response:
        """`POST /api/show`; loads nothing."""
        model = self.model(await json_object(request))
        return JSONResponse(
            {
                "license": "",
                "modelfile": f"FROM {model.path.name}",
                "parameters": "",
                "template": "{{ .Prompt }}",
                "details": model.details,
                "modified_at": model.modified_at,
                "model_info": {
                    "general.architecture": "llama",
                    "general.parameter_count": 139584,
                    "llama.context_length": CONTEXT_LENGTH,
                    "llama.embedding_length": 64,
                    "llama.block_count": 2,
                },
                "capabilities": ["completion", "tools", "embedding"],
            }
        )

    async def pull(self, request: Request) -> Response:
        """`POST /api/pull`: a new name becomes a copy of the pull source; streams unless `stream` is false."""
        body = await json_object(request)
        events = self._pull(body)
        if body.get("stream", True):
            return await ndjson(events)
        return JSONResponse([event async for event in events][-1])

    async def _pull(self, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        name = body.get("model") or body.get("name")
        if not isinstance(name, str):
            raise Refused(400, "model is required")
        yield {"status": "pulling manifest"}
        if full_name(name) not in self.models:
            if self.pull_source is None:
                raise Refused(500, "pull model manifest: file does not exist")
            self.models[full_name(name)] = stored(name, self.pull_source)
        model = self.models[full_name(name)]
        for completed in (0, model.size // 2, model.size):
            await asyncio.sleep(0.01)
            yield {
                "status": f"pulling {model.digest[:12]}",
                "digest": f"sha256:{model.digest}",
                "total": model.size,
                "completed": completed,
            }
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield {"status": status}

    async def delete(self, request: Request) -> Response:
        """`DELETE /api/delete`: unloads and forgets the model."""
        model = self.model(await json_object(request))
        await self.runners.unload(model.name)
        del self.models[model.name]
        return Response(status_code=200)

    async def copy(self, request: Request) -> Response:
        """`POST /api/copy` from `source` to `destination`."""
        body = await json_object(request)
        source = self.model({"model": body.get("source")})
        destination = body.get("destination")
        if not isinstance(destination, str):
            raise Refused(400, "destination is required")
        self.models[full_name(destination)] = stored(destination, source.path)
        return Response(status_code=200)
