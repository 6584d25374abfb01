"""What a client could tell two answers apart by, as plain data, and the differences between two of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import httpx

from tests.gateway import sse

Observation = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One place where the lanes differ. `path` has `[]` for every index.

    `kind` is seen from the direct lane: added and missing say what LiteLLM does to a field, changed that both have it.
    """

    path: str
    kind: str
    direct: Any
    litellm: Any


def observe(reply: httpx.Response, path: str) -> Observation:
    """Status, media type, and the body: JSON as it is, a stream as what its chunks come to."""
    media_type = reply.headers["content-type"].partition(";")[0]
    seen: Observation = {"status": reply.status_code, "media_type": media_type}
    if reply.status_code != 200:
        seen["retry_after"] = reply.headers.get("retry-after")
    if media_type == "text/event-stream":
        events = sse.events(reply)
        return seen | (chunked(events) if path.endswith("completions") else named(events))
    seen["body"] = reply.json() if media_type == "application/json" else reply.text
    return seen


def chunked(events: list[sse.Event]) -> Observation:
    """A stream of OpenAI's chunks: joined texts and tool calls, finish reasons, usages, how it ended, and which fields were used."""
    chunks = [event.data for event in events if isinstance(event.data, dict)]
    choices = [choice for chunk in chunks for choice in chunk.get("choices", [])]
    deltas = [choice["delta"] for choice in choices if "delta" in choice]
    texts = [*deltas, *({"text": choice.get("text")} for choice in choices)]
    return {
        "joined": {
            field: "".join(part.get(field) or "" for part in texts)
            for field in ("role", "content", "reasoning_content", "text")
        },
        "tool_calls": joined_calls(call for delta in deltas for call in delta.get("tool_calls") or []),
        "finish_reasons": [choice["finish_reason"] for choice in choices if choice.get("finish_reason")],
        "usages": [chunk["usage"] for chunk in chunks if chunk.get("usage")],
        "errors": [chunk["error"] for chunk in chunks if "error" in chunk],
        "done": [event.data for event in events].count(sse.DONE),
        "ends_with_done": bool(events) and events[-1].data == sse.DONE,
        "choices_beside_usage": [len(chunk.get("choices", [])) for chunk in chunks if chunk.get("usage")],
        "fields": {"chunk": values_of(chunks), "choice": fields_of(choices), "delta": fields_of(deltas)},
    }


def joined_calls(parts: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Tool calls put together from the parts of a stream."""
    calls: dict[int, dict[str, str]] = {}
    for part in parts:
        call = calls.setdefault(part["index"], {"id": "", "name": "", "arguments": ""})
        call["id"] += part.get("id") or ""
        call["name"] += part["function"].get("name") or ""
        call["arguments"] += part["function"].get("arguments") or ""
    return [calls[index] for index in sorted(calls)]


def fields_of(values: Iterable[dict[str, Any]]) -> dict[str, bool]:
    """The names of all fields that any of them has."""
    return {name: True for value in values for name in value}


def values_of(chunks: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Fields of chunks outside of their choices; what is the same in all chunks with its value."""
    found: dict[str, Any] = {}
    for chunk in chunks:
        for name, value in chunk.items():
            if name not in ("choices", "usage", "error"):
                found[name] = value if found.get(name, value) == value else "differs between chunks"
    return found


def named(events: list[sse.Event]) -> Observation:
    """A stream of named events: their names, the order of their types without repetitions, joined texts, and each type's fields."""
    data = [event.data for event in events if isinstance(event.data, dict)]
    types = [value.get("type") for value in data]
    texts = [value["delta"] for value in data if "delta" in value]
    return {
        "named": {event.name == event.data.get("type") for event in events if isinstance(event.data, dict)}
        == {True},
        "sequence": [kind for kind, _ in groupby(types)],
        "text": "".join(text if isinstance(text, str) else text.get("text", "") for text in texts),
        "done": [event.data for event in events].count(sse.DONE),
        "events": {
            kind: fields_of(value for value in data if value.get("type") == kind)
            for kind in dict.fromkeys(types)
        },
        "last": data[-1] if data else None,
    }


def differences(direct: Any, litellm: Any, path: str = "") -> Iterator[Difference]:
    """Every place where two observations differ. Null and absent are two things."""
    if isinstance(direct, dict) and isinstance(litellm, dict):
        for name in [*direct, *(name for name in litellm if name not in direct)]:
            where = f"{path}.{name}" if path else str(name)
            if name not in litellm:
                yield Difference(where, "missing", direct[name], None)
            elif name not in direct:
                yield Difference(where, "added", None, litellm[name])
            else:
                yield from differences(direct[name], litellm[name], where)
    elif isinstance(direct, list) and isinstance(litellm, list) and len(direct) == len(litellm):
        for one, other in zip(direct, litellm, strict=True):
            yield from differences(one, other, f"{path}[]")
    elif type(direct) is not type(litellm) or direct != litellm:
        yield Difference(path, "changed", direct, litellm)
