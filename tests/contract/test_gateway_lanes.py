"""What a client gets through the gateway from each engine, by the direct lane and through LiteLLM: the same."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.gateway import sse
from tests.gateway.caller import PLACE, WEATHER, Caller, error_of, user

ENGINES = ("llamacpp", "ollama", "vllm")
RERANKERS = {"llamacpp": "rerank", "ollama": None, "vllm": None}
EMBEDDERS = {"llamacpp": "llamacpp", "ollama": "ollama", "vllm": "vllm-embed"}
LONGER_THAN_ANY_CONTEXT = "Hello " * 3000


@dataclass(frozen=True)
class Asked:
    """One engine on one lane."""

    engine: str
    http: httpx.Client
    lane: str

    def caller(self, model: str) -> Caller:
        """A client of the public model of that name, on this lane."""
        return Caller(self.http, model if self.lane == "direct" else f"{model}-indirect", self.lane)


@pytest.fixture(
    params=[
        pytest.param(
            (engine, lane), id=f"{engine}-{lane}", marks=[pytest.mark.full] if engine == "vllm" else []
        )
        for engine in ENGINES
        for lane in ("direct", "litellm")
    ]
)
def asked(request: pytest.FixtureRequest) -> Asked:
    """Each engine on each lane."""
    engine, lane = request.param
    gateway = request.getfixturevalue("vllm_gateway" if engine == "vllm" else "gateway")
    return Asked(engine, gateway.http, lane)


@pytest.fixture
def caller(asked: Asked) -> Caller:
    """A client of the engine's chat model."""
    return asked.caller(asked.engine)


def test_chat(caller: Caller) -> None:
    """A chat answers with text, a finish reason and usage that adds up."""
    reply = caller.chat("ping")
    answer = reply.json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert answer["choices"][0]["message"]["content"] == "pong"
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert reply.headers["x-portico-model"] == caller.model


def test_stream_with_usage(caller: Caller) -> None:
    """A streamed chat says what a plain one says, with one finish reason, usage where asked for, and `[DONE]`."""
    plain = caller.chat("Count to ten").json()
    reply = caller.chat("Count to ten", stream=True, stream_options={"include_usage": True})
    assert len(sse.deltas(reply)) > 3
    assert sse.content(reply) == plain["choices"][0]["message"]["content"]
    assert sse.finish_reasons(reply) == ["stop"]
    (usage,) = sse.usages(reply)
    assert usage["completion_tokens"] == plain["usage"]["completion_tokens"]
    assert usage["prompt_tokens"] == plain["usage"]["prompt_tokens"]


def test_stream_without_usage(caller: Caller) -> None:
    """Usage comes in a stream only where it was asked for."""
    reply = caller.chat("ping", stream=True)
    assert sse.content(reply) == "pong"
    assert sse.usages(reply) == []


def test_tool_call(caller: Caller) -> None:
    """An offered tool is called, with an id and arguments in a JSON text."""
    choice = caller.chat("What is the weather in Paris?", tools=[WEATHER]).json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    assert call["id"]
    assert call["type"] == "function"
    assert call["function"]["name"] == "get_weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Paris"}


def test_streamed_tool_call(caller: Caller) -> None:
    """A tool call in a stream has one id, one name, and arguments that join to the same JSON text."""
    reply = caller.chat("What is the weather in Paris?", tools=[WEATHER], stream=True)
    parts = [call for delta in sse.deltas(reply) for call in delta.get("tool_calls") or []]
    assert {part["index"] for part in parts} == {0}
    assert len([part["id"] for part in parts if part.get("id")]) == 1
    assert "".join(part["function"].get("name") or "" for part in parts) == "get_weather"
    arguments = "".join(part["function"].get("arguments") or "" for part in parts)
    assert json.loads(arguments) == {"city": "Paris"}
    assert sse.finish_reasons(reply) == ["tool_calls"]


def test_tool_result(caller: Caller) -> None:
    """A conversation with a tool's result is answered in words."""
    call = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
    messages = [
        *user("What is the weather in Paris?"),
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "x", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "x", "content": "18C sunny"},
    ]
    answer = caller.post("/v1/chat/completions", messages=messages, tools=[WEATHER]).json()
    assert "18C" in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("stream", [False, True])
def test_json_schema(caller: Caller, *, stream: bool) -> None:
    """`response_format` with a schema is obeyed, also in a stream."""
    wanted = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": PLACE}}
    reply = caller.chat("Give me JSON", response_format=wanted, max_tokens=100, stream=stream)
    text = sse.content(reply) if stream else reply.json()["choices"][0]["message"]["content"]
    assert json.loads(text) == {"city": "Paris"}


@pytest.mark.parametrize("stream", [False, True])
def test_completions(caller: Caller, *, stream: bool) -> None:
    """`/v1/completions` continues a prompt, plain and as a stream that ends with `[DONE]`."""
    reply = caller.post("/v1/completions", prompt="ping", max_tokens=5, stream=stream)
    said = sse.chunks(reply) if stream else [reply.json()]
    assert {part["object"] for part in said} == {"text_completion"}
    assert "".join(choice.get("text") or "" for part in said for choice in part["choices"])


def test_embeddings(asked: Asked) -> None:
    """Every text has a vector of the model's size, in the order of the texts."""
    embedder = asked.caller(EMBEDDERS[asked.engine])
    reply = embedder.http.post(
        "/v1/embeddings", json={"model": embedder.model, "input": ["ping", "Hello", "ping"]}
    )
    assert reply.headers["x-portico-lane"] == asked.lane
    data = reply.json()["data"]
    assert [entry["index"] for entry in data] == [0, 1, 2]
    assert [len(entry["embedding"]) for entry in data] == [64, 64, 64]
    assert data[0]["embedding"] == pytest.approx(data[2]["embedding"], abs=1e-3)
    assert data[0]["embedding"] != pytest.approx(data[1]["embedding"], abs=1e-3)


def test_rerank(asked: Asked) -> None:
    """Documents come back scored, best first; a model that cannot says on which paths it is served."""
    model = RERANKERS[asked.engine]
    body = {"query": "what routes requests?", "documents": ["a gateway", "a fox", "a lazy dog"], "top_n": 2}
    if model is None:
        caller = asked.caller(asked.engine)
        error = error_of(asked.http.post("/v1/rerank", json={"model": caller.model, **body}), 400)
        assert error["code"] == "unsupported_endpoint"
        assert "/v1/chat/completions" in error["message"]
        return
    caller = asked.caller(model)
    reply = asked.http.post("/v1/rerank", json={"model": caller.model, **body})
    assert reply.headers["x-portico-lane"] == asked.lane
    scores = [result["relevance_score"] for result in reply.json()["results"]]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("stream", [False, True])
def test_responses(caller: Caller, *, stream: bool) -> None:
    """`/v1/responses` is spoken, with its events from `created` to `completed` when streamed."""
    reply = caller.post("/v1/responses", input="ping", stream=stream)
    if not stream:
        answer = reply.json()
        assert answer["status"] == "completed"
        assert answer["output"][-1]["content"][0]["text"] == "pong"
        assert answer["usage"]["output_tokens"] > 0
        return
    said = [event.data for event in sse.events(reply) if event.data != sse.DONE]
    assert said[0]["type"] == "response.created"
    assert said[-1]["type"] == "response.completed"
    assert (
        "".join(event["delta"] for event in said if event["type"] == "response.output_text.delta") == "pong"
    )


@pytest.mark.parametrize("stream", [False, True])
def test_messages(caller: Caller, *, stream: bool) -> None:
    """Anthropic's `/v1/messages` is spoken, with its named events when streamed."""
    reply = caller.post("/v1/messages", messages=user("ping"), max_tokens=20, stream=stream)
    if not stream:
        answer = reply.json()
        assert answer["type"] == "message"
        assert answer["stop_reason"] == "end_turn"
        assert answer["content"][0]["text"] == "pong"
        assert answer["usage"]["output_tokens"] > 0
        return
    said = sse.events(reply)
    assert said[0].name == "message_start"
    assert said[-1].name == "message_stop"
    assert all(event.name == event.data["type"] for event in said)
    texts = [event.data["delta"].get("text", "") for event in said if event.name == "content_block_delta"]
    assert "".join(texts) == "pong"


def test_unknown_model(asked: Asked) -> None:
    """A name that is nearly a public model's is answered with 404 and that model's name."""
    model = asked.caller(asked.engine).model
    error = error_of_unknown(asked.http, model.upper().replace("-", "_") + ":latest")
    assert error["code"] == "model_not_found"
    assert error["param"] == "model"
    assert f"'{model}'" in error["message"]


def error_of_unknown(http: httpx.Client, model: str) -> dict[str, Any]:
    """The error for a chat with a model that does not exist; its message may name models."""
    reply = http.post("/v1/chat/completions", json={"model": model, "messages": user("ping")})
    assert reply.status_code == 404, reply.text
    assert "x-portico-lane" not in reply.headers
    error: dict[str, Any] = reply.json()["error"]
    return error


def test_model_the_engine_lost(asked: Asked) -> None:
    """A deployment that the engine itself does not know (any more) is 404 as well, in OpenAI's shape."""
    if asked.engine == "llamacpp":
        # One llama.cpp serves one model, whatever it is called.
        assert asked.caller("llamacpp").chat("ping").status_code == 200
        return
    error = error_of(asked.caller("absent").chat("ping"), 404)
    assert "absent:1b" in error["message"]


@pytest.mark.parametrize("body", [b'{"model', b"", b"[]", b'"text"', b"nonsense"])
def test_body_that_is_no_json_object(gateway_http: httpx.Client, body: bytes) -> None:
    """Without a JSON object no model is known, so that the gateway itself says what is wrong."""
    error = error_of(gateway_http.post("/v1/chat/completions", content=body), 400)
    assert error["type"] == "invalid_request_error"


@pytest.fixture
def gateway_http(request: pytest.FixtureRequest) -> httpx.Client:
    """A client of the laboratory's gateway."""
    http: httpx.Client = request.getfixturevalue("gateway").http
    return http


def test_json_that_breaks_off(caller: Caller) -> None:
    """JSON that is broken behind the model's name is the client's error on every lane, in the engine's own words."""
    content = b'{"model": "%s", "messages": [' % caller.model.encode()
    error_of(caller.http.post("/v1/chat/completions", content=content), 400)


@pytest.mark.parametrize("stream", [False, True])
def test_prompt_that_is_too_long(caller: Caller, *, stream: bool) -> None:
    """A prompt beyond the context is refused with 400 before a stream begins."""
    error = error_of(caller.chat(LONGER_THAN_ANY_CONTEXT, stream=stream), 400)
    assert "context" in error["message"].lower()
