"""Requests of Ollama's native API in the words of OpenAI's, which llama.cpp speaks."""

import json
from typing import Any

from tests.engines.ollama_double.replies import Refused

OPTIONS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "min_p": "min_p",
    "seed": "seed",
    "num_predict": "max_tokens",
    "stop": "stop",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "repeat_penalty": "repeat_penalty",
    "repeat_last_n": "repeat_last_n",
}


def chat_completion_request(body: dict[str, Any], *, chat: bool) -> dict[str, Any]:
    """The body for llama.cpp's `/v1/chat/completions`, always streamed and with usage. Raises Refused(400)."""
    if chat:
        messages = openai_messages(body["messages"])
    else:
        messages = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        messages.append({"role": "user", "content": body["prompt"]})
    completion = {"messages": messages, "stream": True, "stream_options": {"include_usage": True}}
    for option, value in (body.get("options") or {}).items():
        if option in OPTIONS:
            completion[OPTIONS[option]] = value
    wanted = body.get("format")
    if wanted == "json":
        completion["response_format"] = {"type": "json_object"}
    elif isinstance(wanted, dict):
        completion["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "format", "schema": wanted},
        }
    elif wanted not in (None, ""):
        raise Refused(400, f'invalid format: "{wanted}"; expected "json" or a JSON schema')
    if body.get("tools"):
        completion["tools"] = body["tools"]
    return completion


def openai_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ollama's messages with ids on tool calls; a tool's result answers the earliest call that has none yet."""
    translated: list[dict[str, Any]] = []
    unanswered: list[str] = []
    for place, message in enumerate(messages):
        entry = {"role": message["role"], "content": message.get("content") or ""}
        if message.get("tool_calls"):
            entry["tool_calls"] = [
                {
                    "id": f"call_{place}_{number}",
                    "type": "function",
                    "function": {
                        "name": call["function"]["name"],
                        "arguments": json.dumps(call["function"]["arguments"]),
                    },
                }
                for number, call in enumerate(message["tool_calls"])
            ]
            unanswered += [call["id"] for call in entry["tool_calls"]]
        if message["role"] == "tool":
            entry["tool_call_id"] = unanswered.pop(0) if unanswered else "call_unknown"
        translated.append(entry)
    return translated


def embedding_inputs(body: dict[str, Any]) -> list[str]:
    """The texts of an `/api/embed` (`input`) or `/api/embeddings` (`prompt`) request. Raises Refused(400)."""
    value = body.get("input", body.get("prompt"))
    if value is None or value == "":
        return []
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Refused(400, "invalid input type")
    return texts
