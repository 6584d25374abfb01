"""The ordinary answers: deterministic, readable, and naming the model that was asked for.

Every text answer is `MODEL: LAST USER TEXT`, one token a word. A chat with tools calls the first one; a chat with a JSON
schema gets the smallest instance of it. Embeddings and scores are digests of the texts.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from typing import Any

CREATED = 1700000000
DONE = b"data: [DONE]\n\n"


def text_in(content: object) -> str:
    """The text of a message's content, which is a string or a list of typed parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def reply_to(body: dict[str, Any]) -> str:
    """The answer's text for a chat, completion, responses or messages request."""
    asked = body.get("messages", body.get("input", body.get("prompt", "")))
    if isinstance(asked, list) and asked and isinstance(asked[-1], dict):
        asked = asked[-1].get("content")
    return f"{body.get('model')}: {text_in(asked)}".strip()


def sample(schema: dict[str, Any]) -> Any:
    """The smallest instance of a plain JSON schema."""
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: sample(part) for name, part in schema.get("properties", {}).items()}
        case "array":
            return []
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return "text"


def words(text: str) -> list[str]:
    """The tokens of a text: words, each with the blank before it."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def usage(body: dict[str, Any], text: str) -> dict[str, int]:
    """Token counts; a prompt has as many tokens as its JSON has words."""
    prompt = len(json.dumps(body.get("messages", body.get("input", body.get("prompt", "")))).split())
    completion = len(words(text))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def tool_call(body: dict[str, Any]) -> dict[str, Any] | None:
    """The call of the first offered tool, or None when there is none to call or its result is already there."""
    tools = body.get("tools")
    if not tools or body.get("tool_choice") == "none" or body["messages"][-1]["role"] == "tool":
        return None
    function = tools[0]["function"]
    arguments = json.dumps(sample(function.get("parameters", {"type": "object"})))
    return {
        "id": "call_scripted",
        "type": "function",
        "function": {"name": function["name"], "arguments": arguments},
    }


def chat_text(body: dict[str, Any]) -> str:
    """The text of a chat answer: JSON when `response_format` asks for it."""
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return json.dumps(sample(wanted["json_schema"]["schema"]))
    return "{}" if wanted.get("type") == "json_object" else reply_to(body)


def chat(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/chat/completions`."""
    call, text = tool_call(body), chat_text(body)
    message: dict[str, Any] = {"role": "assistant", "content": None if call else text}
    if call:
        message["tool_calls"] = [call]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if call else "stop"}
    return {**chat_head(body, "chat.completion"), "choices": [choice], "usage": usage(body, text)}


def chat_head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a chat answer and each of its chunks begin with."""
    return {"id": "chatcmpl-scripted", "object": kind, "created": CREATED, "model": body.get("model")}


def chat_stream(body: dict[str, Any]) -> Iterator[bytes]:
    """The chunks of a streamed chat."""
    call, text = tool_call(body), chat_text(body)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if call:
        function = call["function"]
        opened = {"index": 0, **call, "function": {"name": function["name"], "arguments": ""}}
        deltas.append({"tool_calls": [opened]})
        deltas += [
            {"tool_calls": [{"index": 0, "function": {"arguments": part}}]}
            for part in words(function["arguments"])
        ]
    else:
        deltas += [{"content": word} for word in words(text)]
    finish = "tool_calls" if call else "stop"
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    chunk_head = chat_head(body, "chat.completion.chunk")
    for choice in choices:
        yield data({**chunk_head, "choices": [choice]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield data({**chunk_head, "choices": [], "usage": usage(body, text)})
    yield DONE


def completion(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/completions`."""
    text = reply_to(body)
    return {
        **completion_head(body),
        "choices": [{"index": 0, "text": text, "logprobs": None, "finish_reason": "stop"}],
        "usage": usage(body, text),
    }


def completion_head(body: dict[str, Any]) -> dict[str, Any]:
    """What a completion and each of its chunks begin with."""
    return {
        "id": "cmpl-scripted",
        "object": "text_completion",
        "created": CREATED,
        "model": body.get("model"),
    }


def completion_stream(body: dict[str, Any]) -> Iterator[bytes]:
    """The chunks of a streamed completion."""
    text = reply_to(body)
    for word in words(text):
        yield data({**completion_head(body), "choices": [{"index": 0, "text": word, "finish_reason": None}]})
    yield data({**completion_head(body), "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield data({**completion_head(body), "choices": [], "usage": usage(body, text)})
    yield DONE


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/embeddings`: eight numbers per text, as float32 in base64 when asked for."""
    inputs = body.get("input", "")
    texts = inputs if isinstance(inputs, list) else [inputs]
    encoded = body.get("encoding_format") == "base64"
    return {
        "object": "list",
        "model": body.get("model"),
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": base64.b64encode(struct.pack("<8f", *numbers(text))).decode()
                if encoded
                else numbers(text),
            }
            for index, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": len(texts), "total_tokens": len(texts)},
    }


def rerank(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/rerank`, best first."""
    documents = [
        text if isinstance(text, str) else text.get("text", "") for text in body.get("documents", [])
    ]
    scores = [
        {"index": index, "relevance_score": abs(numbers(f"{body.get('query')} {text}")[0])}
        for index, text in enumerate(documents)
    ]
    scores.sort(key=lambda entry: entry["relevance_score"], reverse=True)
    tokens = len(documents)
    return {
        "id": "rerank-scripted",
        "model": body.get("model"),
        "results": scores[: body.get("top_n", len(scores))],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def numbers(value: object) -> list[float]:
    """Eight numbers between -1 and 1 that only this value has; multiples of 1/128, so that float32 keeps them."""
    digest = hashlib.sha256(json.dumps(value).encode()).digest()
    return [(byte - 128) / 128 for byte in digest[:8]]


def data(value: object) -> bytes:
    """One server-sent event without a name."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"
