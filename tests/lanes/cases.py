"""The requests that are sent through both lanes."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.gateway.caller import PLACE, WEATHER, user

CHAT, COMPLETIONS, EMBEDDINGS = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
RERANK, RESPONSES, MESSAGES = "/v1/rerank", "/v1/responses", "/v1/messages"


@dataclass(frozen=True)
class Case:
    """One request, for the public models `direct` and `indirect`, which have the same deployment behind them.

    `script` is what the scripted engine is told before each of the two requests.
    """

    name: str
    path: str
    body: dict[str, Any]
    direct: str = "scripted"
    indirect: str = "scripted-indirect"
    script: dict[str, Any] = field(default_factory=dict)


def llamacpp(name: str, path: str, **body: Any) -> Case:
    """A request to real llama.cpp, which is deterministic at temperature 0."""
    # Cached prompts show in the usage of the second request.
    return Case(
        f"llamacpp-{name}",
        path,
        {"temperature": 0, "cache_prompt": False, **body},
        "llamacpp",
        "llamacpp-indirect",
    )


def failing(name: str, path: str = CHAT, *, stream: bool = False, **script: Any) -> Case:
    """A request that the engine answers as scripted; the direct lane keeps LiteLLM out of it."""
    body: dict[str, Any] = {"messages": user("hello"), "max_tokens": 5, "stream": stream}
    return Case(f"error-{name}", path, body, "scripted-only-direct", "scripted-indirect", script)


USAGE = {"stream": True, "stream_options": {"include_usage": True}}
TOOL_RESULT = [
    *user("What is the weather in Paris?"),
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "18C sunny"},
]
PICTURE = [
    {"type": "text", "text": "look"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
]
# https://platform.openai.com/docs/api-reference/chat/create and what vLLM, llama.cpp and Ollama take beyond it.
PARAMETERS: dict[str, Any] = {
    "temperature": 0.25,
    "top_p": 0.5,
    "max_tokens": 7,
    "max_completion_tokens": 8,
    "n": 1,
    "stop": ["a", "b"],
    "seed": 9007199254740993,
    "presence_penalty": 0.5,
    "frequency_penalty": -0.5,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "user": "someone",
    "parallel_tool_calls": False,
    "reasoning_effort": "low",
    "verbosity": "low",
    "top_k": 40,
    "min_p": 0.05,
    "repetition_penalty": 1.1,
    "chat_template_kwargs": {"enable_thinking": False},
    "grammar": "root ::= .",
    "cache_prompt": True,
    "keep_alive": "5m",
    "some_unknown_field": {"a": [1, None, "x"]},
}
ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "scripted-model",
    "system_fingerprint": "fp_1",
    "timings": {"predicted_ms": 1.5},
    "choices": [
        {
            "index": 0,
            "finish_reason": "length",
            "message": {"role": "assistant", "content": "said", "reasoning_content": "thought"},
            "logprobs": {"content": [{"token": "said", "logprob": -0.5, "bytes": [115], "top_logprobs": []}]},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}


def chunk(**choice: Any) -> str:
    """A chunk of a scripted chat stream."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted-model"}
    return f"data: {json.dumps({**head, 'choices': [{'index': 0, 'finish_reason': None, **choice}]})}\n\n"


THINKING = [
    chunk(delta={"role": "assistant", "content": None, "reasoning_content": "I "}),
    chunk(delta={"reasoning_content": "think"}),
    chunk(delta={"content": "so"}),
    chunk(delta={}, finish_reason="stop"),
    "data: [DONE]\n\n",
]
REPEATING = [chunk(delta={"content": "again "})] * 300 + [
    chunk(delta={}, finish_reason="length"),
    "data: [DONE]\n\n",
]
FAILS_LATE = [
    chunk(delta={"role": "assistant", "content": "so far"}),
    'data: {"error": {"message": "out of memory", "type": "server_error", "param": null, "code": 500}}\n\n',
]
REFUSED = {"error": {"message": "n is too big", "type": "BadRequestError", "param": "n", "code": 400}}

CASES = [
    Case("chat", CHAT, {"messages": user("hello world")}),
    Case("chat-stream", CHAT, {"messages": user("hello world"), "stream": True}),
    Case("chat-stream-usage", CHAT, {"messages": user("hello world"), **USAGE}),
    Case("chat-parameters", CHAT, {"messages": user("hello"), **PARAMETERS}),
    Case("chat-metadata", CHAT, {"messages": user("hello"), "metadata": {"a": "b"}, "priority": 1}),
    Case(
        "chat-thinking",
        CHAT,
        {"messages": user("hello"), "thinking": {"type": "enabled", "budget_tokens": 9}},
    ),
    Case(
        "chat-picture",
        CHAT,
        {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": PICTURE}]},
    ),
    Case("chat-unicode", CHAT, {"messages": user("naïve \u0000 \U0001f600 \u2028 </script>")}),
    Case("chat-answer-with-everything", CHAT, {"messages": user("hello")}, script={"body": ANSWER}),
    Case(
        "chat-stream-thinking", CHAT, {"messages": user("hello"), "stream": True}, script={"chunks": THINKING}
    ),
    Case(
        "chat-stream-repeating",
        CHAT,
        {"messages": user("hello"), "stream": True},
        script={"chunks": REPEATING},
    ),
    Case("tools", CHAT, {"messages": user("weather?"), "tools": [WEATHER], "tool_choice": "auto"}),
    Case("tools-stream", CHAT, {"messages": user("weather?"), "tools": [WEATHER], **USAGE}),
    Case("tool-result", CHAT, {"messages": TOOL_RESULT, "tools": [WEATHER]}),
    Case(
        "json-schema",
        CHAT,
        {
            "messages": user("where?"),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "p", "strict": True, "schema": PLACE},
            },
        },
    ),
    Case("completion", COMPLETIONS, {"prompt": "hello world", "max_tokens": 5, "echo": False, "suffix": "s"}),
    Case("completion-stream", COMPLETIONS, {"prompt": "hello world", **USAGE}),
    Case("embeddings", EMBEDDINGS, {"input": ["a", "b"], "dimensions": 8, "user": "someone"}),
    Case("embeddings-base64", EMBEDDINGS, {"input": "a", "encoding_format": "base64"}),
    Case(
        "rerank",
        RERANK,
        {"query": "q", "documents": ["a", "b", "c"], "top_n": 2},
        "scripted-rerank",
        "scripted-rerank-indirect",
    ),
    Case("responses", RESPONSES, {"input": "hello", "max_output_tokens": 50}),
    Case("responses-stream", RESPONSES, {"input": "hello", "stream": True}),
    Case(
        "messages",
        MESSAGES,
        {"messages": user("hello"), "max_tokens": 5, "system": "be kind", "stop_sequences": ["x"]},
    ),
    Case("messages-stream", MESSAGES, {"messages": user("hello"), "max_tokens": 5, "stream": True}),
    failing("400", status=400, body=REFUSED),
    failing("400-stream", stream=True, status=400, body=REFUSED),
    failing("401", status=401),
    failing("404", status=404),
    failing(
        "422", status=422, body={"error": {"message": "no", "type": "invalid", "param": None, "code": None}}
    ),
    failing("429", status=429, headers={"retry-after": "7"}),
    failing("500", status=500),
    failing("503", status=503, headers={"retry-after": "7"}),
    failing("stream-fails-late", stream=True, chunks=FAILS_LATE),
    failing("messages-400", MESSAGES, status=400, body=REFUSED),
    llamacpp("chat", CHAT, messages=user("ping")),
    llamacpp("chat-stream", CHAT, messages=user("Count to ten"), **USAGE),
    llamacpp("logprobs", CHAT, messages=user("ping"), logprobs=True, top_logprobs=2),
    llamacpp(
        "tools-stream", CHAT, messages=user("What is the weather in Paris?"), tools=[WEATHER], stream=True
    ),
    llamacpp("completion", COMPLETIONS, prompt="ping", max_tokens=5),
    llamacpp("embeddings", EMBEDDINGS, input=["ping", "hello"]),
    llamacpp("no-messages", CHAT),
    llamacpp("messages-a-text", CHAT, messages="hello"),
    llamacpp("too-long", CHAT, messages=user("Hello " * 3000)),
    llamacpp("bad-parameter", CHAT, messages=user("ping"), temperature="hot"),
]
