"""The ordinary answers of the two APIs whose streams are named events: OpenAI's responses and Anthropic's messages.

Source: https://platform.openai.com/docs/api-reference/responses-streaming and
https://docs.anthropic.com/en/docs/build-with-claude/streaming.
"""

from collections.abc import Iterator
from typing import Any

from tests.engines.scripted_engine.answers import CREATED, data, reply_to, usage, words


def responses(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/responses`."""
    counted = usage(body, reply_to(body))
    return {
        **response_head(body, "completed", [output_message(body, reply_to(body), "completed")]),
        "usage": {
            "input_tokens": counted["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": counted["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": counted["total_tokens"],
        },
    }


def response_head(body: dict[str, Any], status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    """A response object without usage."""
    return {
        "id": "resp_scripted",
        "object": "response",
        "created_at": CREATED,
        "model": body.get("model"),
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": {},
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "temperature": body.get("temperature"),
        "top_p": body.get("top_p"),
        "output": output,
    }


def output_message(body: dict[str, Any], text: str, status: str) -> dict[str, Any]:
    """The one output item."""
    content = [{"type": "output_text", "text": text, "annotations": []}] if text else []
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def responses_stream(body: dict[str, Any]) -> Iterator[bytes]:
    """The events of a streamed response; `sequence_number` counts from 0."""
    text = reply_to(body)
    place = {"item_id": "msg_scripted", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": text, "annotations": []}
    started = response_head(body, "in_progress", [])
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": output_message(body, "", "in_progress"),
        },
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *(
            {"type": "response.output_text.delta", **place, "delta": word, "logprobs": []}
            for word in words(text)
        ),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {
            "type": "response.output_item.done",
            "output_index": 0,
            "item": output_message(body, text, "completed"),
        },
        {"type": "response.completed", "response": responses(body)},
    ]
    for number, event in enumerate(events):
        yield named({**event, "sequence_number": number})


def messages(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/v1/messages`."""
    text = reply_to(body)
    counted = usage(body, text)
    return {
        **message_head(body),
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": counted["prompt_tokens"], "output_tokens": counted["completion_tokens"]},
    }


def message_head(body: dict[str, Any]) -> dict[str, Any]:
    """A message that has not said anything yet."""
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": body.get("model"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": usage(body, "")["prompt_tokens"], "output_tokens": 0},
    }


def messages_stream(body: dict[str, Any]) -> Iterator[bytes]:
    """The events of a streamed message."""
    text = reply_to(body)
    yield named({"type": "message_start", "message": message_head(body)})
    yield named({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    for word in words(text):
        yield named(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
        )
    yield named({"type": "content_block_stop", "index": 0})
    yield named(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": len(words(text))},
        }
    )
    yield named({"type": "message_stop"})


def named(value: dict[str, Any]) -> bytes:
    """One server-sent event named by its type."""
    return f"event: {value['type']}\n".encode() + data(value)
