"""The native API that runs models: chat, generate, embed."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.engines.ollama_double.library import Library
from tests.engines.ollama_double.replies import Refused, json_object, ndjson
from tests.engines.ollama_double.runners import LoadFailed, Runner
from tests.engines.ollama_double.store import BadDuration, StoredModel, keep_alive_seconds, timestamp
from tests.engines.ollama_double.translate import chat_completion_request, embedding_inputs

FINISH_REASONS = {"length": "length"}


@dataclass
class Heard:
    """What a stream of llama.cpp's chat completion chunks has said so far; `usage` and `timings` are its own objects."""

    finish_reason: str = "stop"
    usage: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    tool_calls: dict[int, dict[str, str]] = field(default_factory=dict)

    def take(self, chunk: dict[str, Any]) -> str:
        """Adds one chunk and returns the text in it."""
        self.usage = chunk.get("usage") or self.usage
        self.timings = chunk.get("timings") or self.timings
        text = ""
        for choice in chunk.get("choices", []):
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            delta = choice["delta"]
            text += delta.get("content") or ""
            for part in delta.get("tool_calls") or []:
                call = self.tool_calls.setdefault(part["index"], {"name": "", "arguments": ""})
                call["name"] += part["function"].get("name") or ""
                call["arguments"] += part["function"].get("arguments") or ""
        return text

    def ollama_tool_calls(self) -> list[dict[str, Any]]:
        """The tool calls as Ollama says them: arguments are an object, and there is no id."""
        return [
            {"function": {"name": call["name"], "arguments": json.loads(call["arguments"] or "{}")}}
            for call in self.tool_calls.values()
        ]

    def closing(self, load_ns: int, total_ns: int) -> dict[str, Any]:
        """The fields of the last event."""
        return {
            "done": True,
            "done_reason": FINISH_REASONS.get(self.finish_reason, "stop"),
            "total_duration": total_ns,
            "load_duration": load_ns,
            "prompt_eval_count": self.usage.get("prompt_tokens", 0),
            "prompt_eval_duration": int(self.timings.get("prompt_ms", 0) * 1e6),
            "eval_count": self.usage.get("completion_tokens", 0),
            "eval_duration": int(self.timings.get("predicted_ms", 0) * 1e6),
        }


class Generation:
    """`/api/chat`, `/api/generate`, `/api/embed` and `/api/embeddings` over the models of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.runners = library.runners

    async def chat(self, request: Request) -> Response:
        """`POST /api/chat`."""
        body = await json_object(request)
        return await self._answer(body, chat=True, empty=not body.get("messages"))

    async def generate(self, request: Request) -> Response:
        """`POST /api/generate`."""
        body = await json_object(request)
        return await self._answer(body, chat=False, empty=not body.get("prompt"))

    async def embed(self, request: Request) -> Response:
        """`POST /api/embed` (`input`: a text or several) and its older form `/api/embeddings` (`prompt`: a text)."""
        body = await json_object(request)
        model = self.library.model(body)
        inputs = embedding_inputs(body)
        if not inputs:
            return JSONResponse({"model": body["model"], "embeddings": []})
        runner, load_ns = await self._load(model, body)
        began = time.monotonic_ns()
        async with self.runners.in_use(runner):
            reply = await self.runners.client.post(f"{runner.url}/v1/embeddings", json={"input": inputs})
        if reply.status_code != 200:
            raise Refused(reply.status_code, reply.json()["error"]["message"])
        answer = reply.json()
        embeddings = [entry["embedding"] for entry in answer["data"]]
        if request.url.path == "/api/embeddings":
            return JSONResponse({"embedding": embeddings[0]})
        return JSONResponse(
            {
                "model": body["model"],
                "embeddings": embeddings,
                "total_duration": load_ns + time.monotonic_ns() - began,
                "load_duration": load_ns,
                "prompt_eval_count": answer["usage"]["prompt_tokens"],
            }
        )

    async def _load(self, model: StoredModel, body: dict[str, Any]) -> tuple[Runner, int]:
        try:
            return await self.runners.load(model, body.get("keep_alive"))
        except BadDuration as error:
            raise Refused(400, str(error)) from error
        except LoadFailed as error:
            raise Refused(500, str(error)) from error

    async def _answer(self, body: dict[str, Any], *, chat: bool, empty: bool) -> Response:
        model = self.library.model(body)
        if body.get("think"):
            raise Refused(400, f'"{body["model"]}" does not support thinking')
        if empty:
            return await self._load_or_unload(model, body, chat=chat)
        runner, load_ns = await self._load(model, body)
        events = self._events(runner, load_ns, body, chat=chat)
        if body.get("stream", True):
            return await ndjson(events)
        text, last = "", {}
        async for last in events:
            text += last["message"]["content"] if chat else last["response"]
        if chat:
            last["message"]["content"] = text
        else:
            last["response"] = text
        return JSONResponse(last)

    async def _load_or_unload(self, model: StoredModel, body: dict[str, Any], *, chat: bool) -> Response:
        """Without a prompt a request only loads the model, or with `keep_alive: 0` unloads it."""
        if body.get("keep_alive") is not None and keep_alive_seconds(body["keep_alive"]) == 0:
            await self.runners.unload(model.name)
            reason = "unload"
        else:
            await self._load(model, body)
            reason = "load"
        return JSONResponse({**event(body["model"], "", chat=chat), "done": True, "done_reason": reason})

    async def _events(
        self, runner: Runner, load_ns: int, body: dict[str, Any], *, chat: bool
    ) -> AsyncIterator[dict[str, Any]]:
        name, heard, began = body["model"], Heard(), time.monotonic_ns()
        completion = chat_completion_request(body, chat=chat)
        url = f"{runner.url}/v1/chat/completions"
        async with (
            self.runners.in_use(runner),
            self.runners.client.stream("POST", url, json=completion) as reply,
        ):
            if reply.status_code != 200:
                raise Refused(reply.status_code, json.loads(await reply.aread())["error"]["message"])
            async for line in reply.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    chunk = json.loads(line[6:])
                    if "error" in chunk:
                        raise Refused(500, chunk["error"]["message"])
                    if text := heard.take(chunk):
                        yield event(name, text, chat=chat)
        last = event(name, "", chat=chat)
        if chat and heard.tool_calls:
            last["message"]["tool_calls"] = heard.ollama_tool_calls()
        yield {**last, **heard.closing(load_ns, load_ns + time.monotonic_ns() - began)}


def event(model: str, text: str, *, chat: bool) -> dict[str, Any]:
    """One event of a stream, not the last."""
    said = {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
    return {"model": model, "created_at": timestamp(), **said, "done": False}
