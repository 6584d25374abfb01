"""Ollama's OpenAI and Anthropic compatible paths: the request goes to the model's llama.cpp, the reply comes back in
Ollama's words (the model's name as the client wrote it, Ollama's fingerprint, no llama.cpp extras).

Source: https://github.com/ollama/ollama/blob/main/docs/openai.md; errors as in openai/openai.go and anthropic/anthropic.go.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.engines.ollama_double.library import Library
from tests.engines.ollama_double.replies import Refused, json_object
from tests.engines.ollama_double.runners import LoadFailed
from tests.engines.ollama_double.store import StoredModel, full_name

ANTHROPIC_PATH = "/v1/messages"
ERROR_TYPES = {400: "invalid_request_error", 404: "not_found_error"}


class OpenAISurface:
    """The `/v1` paths over the models of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.runners = library.runners

    async def models(self, _request: Request) -> Response:
        """`GET /v1/models`."""
        return JSONResponse(
            {"object": "list", "data": [openai_model(model) for model in self.library.models.values()]}
        )

    async def model(self, request: Request) -> Response:
        """`GET /v1/models/{name}`."""
        name = request.path_params["name"]
        model = self.library.models.get(full_name(name))
        if model is None:
            return error_reply(request, Refused(404, f"model '{name}' not found"))
        return JSONResponse(openai_model(model))

    async def forward(self, request: Request) -> Response:
        """Every `POST /v1/...` that runs a model."""
        try:
            body = await json_object(request)
            runner, _ = await self.runners.load(self.library.model(body), None)
        except Refused as error:
            return error_reply(request, error)
        except LoadFailed as error:
            return error_reply(request, Refused(500, str(error)))
        client, name = self.runners.client, body["model"]
        # The bytes as they came: llama.cpp serves its one model whatever the name.
        sent = client.build_request("POST", runner.url + request.url.path, content=await request.body())
        in_use = self.runners.in_use(runner)
        await in_use.__aenter__()
        reply = await client.send(sent, stream=True)
        if reply.status_code != 200:
            message = json.loads(await reply.aread())["error"]["message"]
            await in_use.__aexit__(None, None, None)
            return error_reply(request, Refused(reply.status_code, message))

        async def adapted() -> AsyncIterator[bytes]:
            try:
                if not reply.headers["content-type"].startswith("text/event-stream"):
                    yield in_ollamas_words(await reply.aread(), name)
                    return
                async for line in reply.aiter_lines():
                    is_data = line.startswith("data: {")
                    yield (b"data: " + in_ollamas_words(line[6:], name) if is_data else line.encode()) + b"\n"
            finally:
                await reply.aclose()
                await in_use.__aexit__(None, None, None)

        return StreamingResponse(adapted(), media_type=reply.headers["content-type"])


def openai_model(model: StoredModel) -> dict[str, Any]:
    """The model as OpenAI lists one."""
    created = int(datetime.fromisoformat(model.modified_at).timestamp())
    return {"id": model.name, "object": "model", "created": created, "owned_by": "library"}


def in_ollamas_words(text: str | bytes, name: str) -> bytes:
    """One JSON object of llama.cpp's reply (or of its stream) with `name` as the model."""
    value = json.loads(text)
    value.pop("timings", None)
    if "system_fingerprint" in value:
        value["system_fingerprint"] = "fp_ollama"
    # Responses streams carry the model in `response`, Anthropic streams in `message`.
    for place in (value, value.get("response"), value.get("message")):
        if isinstance(place, dict) and "model" in place:
            place["model"] = name
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def error_reply(request: Request, error: Refused) -> Response:
    """The error in the shape of the API that was spoken."""
    kind = ERROR_TYPES.get(error.status, "api_error")
    if request.url.path == ANTHROPIC_PATH:
        return JSONResponse(
            {"type": "error", "error": {"type": kind, "message": error.message}}, error.status
        )
    shape = {"message": error.message, "type": kind, "param": None, "code": None}
    return JSONResponse({"error": shape}, error.status)
