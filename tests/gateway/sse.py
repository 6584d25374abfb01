"""Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as inference APIs write them."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

DONE = "[DONE]"


@dataclass(frozen=True)
class Event:
    """One event: its name (None without an `event:` line) and its data, decoded from JSON; `[DONE]` stays text."""

    name: str | None
    data: Any


def events(reply: httpx.Response) -> list[Event]:
    """All events of a finished stream, comments left out. Fails unless it is a stream answered with 200."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/event-stream"), reply.headers["content-type"]
    found = []
    for block in reply.text.replace("\r\n", "\n").split("\n\n"):
        fields = [line.split(":", 1) for line in block.split("\n") if line and not line.startswith(":")]
        name = next((value.strip() for field, value in fields if field == "event"), None)
        data = "\n".join(value.removeprefix(" ") for field, value in fields if field == "data")
        if data:
            found.append(Event(name, data if data == DONE else json.loads(data)))
    return found


def chunks(reply: httpx.Response) -> list[dict[str, Any]]:
    """The chunks of OpenAI's chat and completions streams, which must end with `[DONE]`, once."""
    found = [event.data for event in events(reply)]
    assert found[-1:] == [DONE], reply.text[-500:]
    assert DONE not in found[:-1]
    return found[:-1]


def deltas(reply: httpx.Response) -> list[dict[str, Any]]:
    """The deltas of a chat stream."""
    return [choice["delta"] for chunk in chunks(reply) for choice in chunk["choices"]]


def content(reply: httpx.Response) -> str:
    """The joined text of a chat stream."""
    return "".join(delta.get("content") or "" for delta in deltas(reply))


def finish_reasons(reply: httpx.Response) -> list[str]:
    """Every finish reason of a chat or completions stream."""
    return [
        choice["finish_reason"]
        for chunk in chunks(reply)
        for choice in chunk["choices"]
        if choice.get("finish_reason") is not None
    ]


def usages(reply: httpx.Response) -> list[dict[str, Any]]:
    """Every usage of a chat or completions stream."""
    return [chunk["usage"] for chunk in chunks(reply) if chunk.get("usage")]
