"""What each engine does on its own, before any gateway: the facts that lanes, adapters and health checks are built on."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.engines.lifecycle import Engine
from tests.engines.processes import (
    start_llamacpp,
    start_ollama_double,
    start_reranker,
    start_scripted_engine,
    start_vllm,
)

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "w",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris"]}},
    "required": ["city"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Facts:
    """What an engine is known to do: its health path, the status for an unknown model and for embeddings on a chat
    server, the content of a chat stream's first delta, and the metric that counts what it generated (None: no metrics)."""

    start: Callable[[], AbstractContextManager[Engine]]
    health: str
    unknown_model: int
    embeddings: int
    first_delta: str | None
    generated_metric: str | None
    pong: str = "pong"
    city: str = "Paris"


FACTS = {
    "llamacpp": Facts(start_llamacpp, "/health", 200, 501, None, "llamacpp:tokens_predicted_total"),
    "ollama": Facts(start_ollama_double, "/api/version", 404, 200, None, None),
    "scripted": Facts(
        start_scripted_engine, "/health", 200, 200, "", "vllm:generation_tokens_total", "tiny: ping", "text"
    ),
    "vllm": Facts(start_vllm, "/health", 404, 404, "", "vllm:generation_tokens_total"),
}


@dataclass(frozen=True)
class Subject:
    """A running engine with its facts."""

    engine: Engine
    facts: Facts

    def post(self, path: str, **body: Any) -> httpx.Response:
        """POSTs to the engine, for its model `tiny` at temperature 0 unless `body` says otherwise."""
        sent = {"model": "tiny", "temperature": 0, **body}
        return httpx.post(self.engine.url + path, json=sent, timeout=60, trust_env=False)

    def get(self, path: str) -> httpx.Response:
        """GETs from the engine."""
        return httpx.get(self.engine.url + path, timeout=60, trust_env=False)

    def chat(self, text: str, **body: Any) -> httpx.Response:
        """A chat completion of one user message."""
        return self.post("/v1/chat/completions", messages=[{"role": "user", "content": text}], **body)


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.full] if name == "vllm" else []) for name in FACTS],
)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each engine in turn, as a real process."""
    facts = FACTS[request.param]
    with facts.start() as engine:
        yield Subject(engine, facts)


def events(reply: httpx.Response) -> list[dict[str, Any]]:
    """The JSON of every `data:` line of an event stream."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def generated_tokens(subject: Subject) -> float:
    """How many tokens the engine says it has generated."""
    if subject.facts.generated_metric is None:
        return float(subject.get("/double/counters").json()["generated_tokens"])
    values = [
        float(line.rpartition(" ")[2])
        for line in subject.get("/metrics").text.splitlines()
        if line.startswith(subject.facts.generated_metric)
    ]
    assert len(values) == 1
    return values[0]


def test_health_costs_no_tokens(subject: Subject) -> None:
    """The engine's own health path answers 200 and generates nothing, while a chat is counted."""
    before = generated_tokens(subject)
    assert {subject.get(subject.facts.health).status_code for _ in range(10)} == {200}
    assert generated_tokens(subject) == before
    assert subject.chat("ping").status_code == 200
    assert generated_tokens(subject) > before


def test_models_are_listed(subject: Subject) -> None:
    """`/v1/models` lists the served model under OpenAI's shape."""
    listed = subject.get("/v1/models").json()
    assert listed["object"] == "list"
    assert [entry["id"].removesuffix(":latest") for entry in listed["data"]] in (["tiny"], ["scripted"])


def test_chat(subject: Subject) -> None:
    """A chat answers with text, a finish reason and usage that adds up."""
    answer = subject.chat("ping").json()
    assert answer["model"] == "tiny"
    assert answer["choices"][0]["message"]["content"] == subject.facts.pong
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_chat_stream_with_usage(subject: Subject) -> None:
    """A streamed chat says the same as a plain one and ends with usage and `[DONE]`."""
    plain = subject.chat("Count to ten").json()
    reply = subject.chat("Count to ten", stream=True, stream_options={"include_usage": True})
    chunks = events(reply)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert deltas[0]["role"] == "assistant"
    assert deltas[0]["content"] == subject.facts.first_delta
    text = "".join(delta.get("content") or "" for delta in deltas)
    assert text == plain["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == plain["usage"]["completion_tokens"]
    assert reply.text.rstrip().endswith("data: [DONE]")


@pytest.mark.parametrize("stream", [False, True])
def test_tool_call(subject: Subject, *, stream: bool) -> None:
    """An offered tool is called with arguments in a JSON text, plain and in a stream."""
    reply = subject.chat("What is the weather in Paris?", tools=[WEATHER], stream=stream)
    if stream:
        calls: list[dict[str, Any]] = []
        for chunk in events(reply):
            for choice in chunk["choices"]:
                calls += choice["delta"].get("tool_calls") or []
        name = "".join(call["function"].get("name") or "" for call in calls)
        arguments = "".join(call["function"].get("arguments") or "" for call in calls)
    else:
        choice = reply.json()["choices"][0]
        assert choice["finish_reason"] == "tool_calls"
        (call,) = choice["message"]["tool_calls"]
        assert call["id"]
        name, arguments = call["function"]["name"], call["function"]["arguments"]
    assert name == "get_weather"
    assert json.loads(arguments) == {"city": subject.facts.city}


def test_tool_result(subject: Subject) -> None:
    """A conversation with a tool's result is answered in words."""
    call = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
    messages = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "x", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "x", "content": "18C sunny"},
    ]
    answer = subject.post("/v1/chat/completions", messages=messages, tools=[WEATHER]).json()
    assert "18C" in answer["choices"][0]["message"]["content"]


def test_json_schema(subject: Subject) -> None:
    """`response_format` with a schema is obeyed."""
    wanted = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": SCHEMA}}
    answer = subject.chat("Give me JSON", response_format=wanted, max_tokens=100).json()
    assert json.loads(answer["choices"][0]["message"]["content"]) == {"city": "Paris"}


@pytest.mark.parametrize("stream", [False, True])
def test_completions(subject: Subject, *, stream: bool) -> None:
    """`/v1/completions` continues a prompt, plain and as a stream."""
    reply = subject.post("/v1/completions", prompt="ping", max_tokens=5, stream=stream)
    said = events(reply) if stream else [reply.json()]
    assert said[0]["object"] == "text_completion"
    assert "".join(choice["text"] for part in said for choice in part["choices"])


@pytest.mark.parametrize("stream", [False, True])
def test_responses(subject: Subject, *, stream: bool) -> None:
    """`/v1/responses` is spoken, with its named events when streamed."""
    reply = subject.post("/v1/responses", input="ping", stream=stream)
    if stream:
        said = events(reply)
        assert said[0]["type"] == "response.created"
        assert said[-1]["type"] == "response.completed"
        text = "".join(event["delta"] for event in said if event["type"] == "response.output_text.delta")
    else:
        text = reply.json()["output"][-1]["content"][0]["text"]
    assert text == subject.facts.pong


@pytest.mark.parametrize("stream", [False, True])
def test_messages(subject: Subject, *, stream: bool) -> None:
    """Anthropic's `/v1/messages` is spoken, with its named events when streamed."""
    asked = [{"role": "user", "content": "ping"}]
    reply = subject.post("/v1/messages", messages=asked, max_tokens=20, stream=stream)
    if stream:
        said = events(reply)
        assert said[0]["type"] == "message_start"
        assert said[-1]["type"] == "message_stop"
        text = "".join(
            event["delta"].get("text", "") for event in said if event["type"] == "content_block_delta"
        )
    else:
        answer = reply.json()
        assert answer["stop_reason"] == "end_turn"
        text = answer["content"][0]["text"]
    assert text == subject.facts.pong


def test_unknown_model(subject: Subject) -> None:
    """A name the engine does not serve: llama.cpp answers all the same, vLLM and Ollama say 404 in OpenAI's shape."""
    reply = subject.chat("ping", model="nobody")
    assert reply.status_code == subject.facts.unknown_model
    if reply.status_code != 200:
        assert "nobody" in reply.json()["error"]["message"]


def test_embeddings_of_a_chat_server(subject: Subject) -> None:
    """Embeddings on a server started for chat: 404 on vLLM, 501 on llama.cpp, per model on Ollama."""
    reply = subject.post("/v1/embeddings", input=["a", "b"])
    assert reply.status_code == subject.facts.embeddings
    if reply.status_code == 200:
        assert [entry["index"] for entry in reply.json()["data"]] == [0, 1]


def test_bad_json(subject: Subject) -> None:
    """A body that is no JSON is the client's error, in OpenAI's shape (llama.cpp calls it its own, 500)."""
    url = f"{subject.engine.url}/v1/chat/completions"
    reply = httpx.post(url, content=b'{"model', headers={"content-type": "application/json"}, trust_env=False)
    assert reply.status_code == 400 or (reply.status_code == 500 and subject.engine.name == "llamacpp")
    assert reply.json()["error"]["message"]


def test_llamacpp_embeddings() -> None:
    """llama.cpp started for embeddings gives one vector a text, also for long texts, and still chats."""
    with start_llamacpp(embeddings=True, pooling="mean") as engine:
        llamacpp = Subject(engine, FACTS["llamacpp"])
        answer = llamacpp.post("/v1/embeddings", input=["ping", "Hello " * 500]).json()
        assert [len(entry["embedding"]) for entry in answer["data"]] == [64, 64]
        assert llamacpp.chat("ping").json()["choices"][0]["message"]["content"] == "pong"


def test_llamacpp_rerank() -> None:
    """llama.cpp with a cross-encoder scores every document with a raw logit, best first."""
    with start_reranker() as engine:
        documents = ["a gateway", "a fox", "a lazy dog"]
        reranker = Subject(engine, FACTS["llamacpp"])
        results = reranker.post("/v1/rerank", query="what routes requests?", documents=documents).json()[
            "results"
        ]
    assert sorted(result["index"] for result in results) == [0, 1, 2]
    scores = [result["relevance_score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert any(not 0 <= score <= 1 for score in scores)


def test_llamacpp_key_closes_metrics() -> None:
    """With an API key llama.cpp leaves only /health open; the key itself is in no argument of the process."""
    with start_llamacpp(api_key="only-for-this-test") as engine:
        paths = ("/health", "/metrics", "/slots", "/props")
        open_paths = [
            path for path in paths if httpx.get(engine.url + path, trust_env=False).status_code == 200
        ]
        assert open_paths == ["/health"]
        key = {"authorization": "Bearer only-for-this-test"}
        assert httpx.get(f"{engine.url}/metrics", headers=key, trust_env=False).status_code == 200


@pytest.mark.full
def test_vllm_embeddings() -> None:
    """vLLM started as a pooling server gives one vector a text, and no chat."""
    with start_vllm(embeddings=True) as engine:
        vllm = Subject(engine, FACTS["vllm"])
        reply = httpx.post(
            f"{engine.url}/v1/embeddings",
            json={"model": "tiny", "input": ["a", "b"]},
            timeout=60,
            trust_env=False,
        )
        assert [len(entry["embedding"]) for entry in reply.json()["data"]] == [64, 64]
        assert vllm.chat("ping").status_code == 404
