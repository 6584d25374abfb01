"""Asks one public model for things, and watches which lane answered."""

from dataclasses import dataclass
from typing import Any

import httpx

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "w",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
PLACE = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris"]}},
    "required": ["city"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Caller:
    """A client of one public model, which must be answered by `lane`."""

    http: httpx.Client
    model: str
    lane: str

    def post(self, path: str, **body: Any) -> httpx.Response:
        """POSTs at temperature 0 unless `body` says otherwise. Fails when another lane answered."""
        reply = self.http.post(path, json={"model": self.model, "temperature": 0, **body})
        answered = reply.headers.get("x-portico-lane")
        assert answered == self.lane, f"the {answered} lane answered: {reply.status_code} {reply.text[:500]}"
        return reply

    def chat(self, text: str, **body: Any) -> httpx.Response:
        """A chat completion of one user message."""
        return self.post("/v1/chat/completions", messages=user(text), **body)


def user(text: str) -> list[dict[str, Any]]:
    """The messages of a chat that begins."""
    return [{"role": "user", "content": text}]


def error_of(reply: httpx.Response, status: int) -> dict[str, Any]:
    """The error in an answer. Fails unless it has that status and OpenAI's shape, with nothing in it about LiteLLM's insides.

    https://platform.openai.com/docs/guides/error-codes: an object `error` with message, type, param and code.
    """
    assert reply.status_code == status, f"{reply.status_code} {reply.text[:500]}"
    assert reply.headers["content-type"].startswith("application/json")
    error: dict[str, Any] = reply.json()["error"]
    assert error["message"]
    assert isinstance(error["message"], str)
    assert isinstance(error["type"], str)
    for leaked in ("litellm.", "LiteLLM:", "Llamafile", "model group", "Fallbacks are", "Traceback"):
        assert leaked not in error["message"], error["message"]
    return error
