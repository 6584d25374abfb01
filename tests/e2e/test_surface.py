"""What stands on the gateway's port: every path, every method, every answer's headers, and nothing else."""

import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.engines.scripted_control import received
from tests.gateway.caller import user
from tests.gateway.lab import Lab
from tests.gateway.running import Gateway

APIS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "scripted", "messages": user("ping")},
    "/v1/completions": {"model": "scripted", "prompt": "ping"},
    "/v1/embeddings": {"model": "scripted", "input": "ping"},
    "/v1/rerank": {"model": "scripted-rerank", "query": "q", "documents": ["a"]},
    "/v1/responses": {"model": "scripted", "input": "ping"},
    "/v1/messages": {"model": "scripted", "messages": user("ping"), "max_tokens": 9},
}
LISTS = ("/v1/models", "/models", "/v1/models/scripted", "/models/scripted", "/health")
ODD_NAME = "org/Scripted-7B:latest"


def error_in(reply: httpx.Response, status: int) -> dict[str, Any]:
    """The error in an answer of that status, which has exactly OpenAI's four fields."""
    assert reply.status_code == status, f"{reply.status_code} {reply.text[:300]}"
    assert reply.headers["content-type"] == "application/json"
    error: dict[str, Any] = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


def release(gateway: Gateway) -> str:
    """The id of the release that runs."""
    told: str = gateway.http.get("/gateway/status").json()["release"]
    return told


@pytest.mark.parametrize("version", ["/v1", ""])
@pytest.mark.parametrize("path", APIS)
def test_apis(lab: Lab, path: str, version: str) -> None:
    """Every API is served with and without `/v1`, and says where the answer comes from."""
    reply = lab.gateway.http.post(path.replace("/v1", version, 1), json=APIS[path])
    assert reply.status_code == 200, reply.text
    assert len(received(lab.scripted, path)) == 1
    told = {name: value for name, value in reply.headers.items() if name.startswith("x-portico-")}
    assert told == {
        "x-portico-release": release(lab.gateway),
        "x-portico-lane": "direct",
        "x-portico-provider": "scripted",
        "x-portico-model": APIS[path]["model"],
        "x-portico-request-id": reply.headers["x-request-id"],
    }


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_apis_take_post(gateway: Gateway, path: str, method: str) -> None:
    """Another method is 405 with what is allowed."""
    reply = gateway.http.request(method, path)
    assert error_in(reply, 405)["code"] == "method_not_allowed"
    assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize("path", LISTS)
def test_lists_take_get(gateway: Gateway, path: str) -> None:
    """GET and HEAD answer; another method is 405."""
    assert gateway.http.get(path).status_code == 200
    head = gateway.http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    reply = gateway.http.post(path, json={})
    assert error_in(reply, 405)["code"] == "method_not_allowed"
    assert reply.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v2/models",
        "/v1/chat",
        "/v1/chat/completions/",
        "/v1/chat/completions/x",
        "/v1/audio/speech",
        "/v1/images/generations",
        "/v1/files",
        "/v1/moderations",
        "/api/chat",
        "/api/tags",
        "/metrics",
        "/docs",
        "/ui/",
        "/routes",
        "/key/generate",
        "/model/info",
        "/config/update",
        "/health/liveliness",
        "/health/readiness",
        "/stats",
        "/config_dump",
        "/quitquitquit",
        "/v1/models/../../stats",
        "//v1//files",
        "/v1/%63hat/completions%00",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_is_404(lab: Lab, path: str, method: str) -> None:
    """Paths of engines, of LiteLLM and of Envoy's admin are not there, whoever asks, and reach nobody."""
    reply = lab.gateway.http.request(method, httpx.URL(f"{lab.gateway.url}{path}"))
    if reply.status_code == 400:
        # Envoy refuses what is no path at all.
        assert "%00" in path
    else:
        assert error_in(reply, 404)["message"]
    assert [entry.path for entry in received(lab.scripted) if entry.path != "/health"] == []


def test_models(gateway: Gateway) -> None:
    """Every public model and alias, with what the configuration knows about it, and nothing that cannot be used."""
    listed = gateway.http.get("/v1/models").json()
    assert listed["object"] == "list"
    entries = {entry["id"]: entry for entry in listed["data"]}
    assert list(entries) == sorted(entries)
    assert {"llamacpp", "llamacpp-indirect", "gpt-4o", "team/best:v1", ODD_NAME, "naïve model"} <= set(
        entries
    )
    assert not [name for name in entries if name.startswith(("any/", "scripted/"))]
    chat = entries["llamacpp"]
    assert (chat["object"], chat["owned_by"]) == ("model", "llamacpp")
    assert set(chat["portico"]["capabilities"]) == {"chat", "completion", "tools", "embedding"}
    assert "/v1/chat/completions" in chat["portico"]["apis"]
    assert "/v1/rerank" not in chat["portico"]["apis"]
    assert chat["portico"]["lanes"] == ["direct"]
    assert entries["llamacpp-indirect"]["portico"]["lanes"] == ["litellm"]
    assert entries["gpt-4o"]["portico"]["alias_of"] == "scripted"


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("name", [ODD_NAME, "team/best:v1", "llamacpp", "naïve model"])
@pytest.mark.parametrize("version", ["/v1", ""])
def test_one_model(gateway: Gateway, name: str, version: str, *, escaped: bool) -> None:
    """A model is found by its name as it is and percent-encoded, and is the list's own entry."""
    entries = {entry["id"]: entry for entry in gateway.http.get("/v1/models").json()["data"]}
    path = quote(name, safe="" if escaped else "/:")
    reply = gateway.http.get(f"{version}/models/{path}")
    assert reply.status_code == 200, reply.text
    assert reply.json() == entries[name]


def test_one_model_that_a_pattern_knows(gateway: Gateway) -> None:
    """A name of a family is a model too, though the list cannot hold it."""
    answer = gateway.http.get("/v1/models/any/thing:7b").json()
    assert (answer["id"], answer["owned_by"]) == ("any/thing:7b", "scripted")


@pytest.mark.parametrize("name", ["org/scripted-7b:latest", "llama-cpp", "LLAMACPP"])
def test_one_model_that_is_none(gateway: Gateway, name: str) -> None:
    """404 with the closest names, as for a request."""
    error = error_in(gateway.http.get(f"/v1/models/{name}"), 404)
    assert error["code"] == "model_not_found"
    assert "did you mean '" in error["message"]
    assert error == error_in(
        gateway.http.post("/v1/chat/completions", json={"model": name, "messages": []}), 404
    )


@pytest.mark.parametrize(
    ("asked", "public", "engine_model"),
    [
        ("gpt-4o", "scripted", "scripted-model"),
        ("team/best:v1", "scripted", "scripted-model"),
        (ODD_NAME, ODD_NAME, "scripted-model"),
        ("naïve model", "naïve model", "scripted-model"),
        ("any/org/thing:7b", "any/org/thing:7b", "org/thing:7b"),
    ],
)
def test_names(lab: Lab, asked: str, public: str, engine_model: str) -> None:
    """Aliases, odd names and families lead to the engine's model; the header names the public one."""
    body = {"model": asked, "messages": user("ping")}
    reply = lab.gateway.http.post("/v1/chat/completions", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == f"{engine_model}: ping"
    assert reply.headers["x-portico-model"] == public


def test_alias_of_a_model_on_the_other_lane(gateway: Gateway) -> None:
    """An alias takes the lane of its model."""
    body = {"model": "claude-latest", "messages": user("ping")}
    reply = gateway.http.post("/v1/chat/completions", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == "scripted-model: ping"
    assert reply.headers["x-portico-lane"] == "litellm"
    assert reply.headers["x-portico-model"] == "scripted-indirect"


SPOOFED = {
    "x-portico-lane": "litellm",
    "x-portico-model": "llamacpp",
    "x-portico-kind": "control",
    "x-portico-api": "/v1/embeddings",
    "X-Portico-Stream": "1",
    "x-portico-release": "spoofed",
    "x-portico-answer": "down",
    "x-envoy-attempt-count": "9",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-max-retries": "99",
    "x-envoy-original-path": "/stats",
    "x-litellm-timeout": "0.001",
    "x-litellm-tags": "spoofed",
}


@pytest.mark.parametrize("model", ["scripted", "scripted-indirect"])
def test_spoofed_internal_headers(lab: Lab, model: str) -> None:
    """Headers that steer the gateway or LiteLLM from inside do nothing when a client sends them, and reach nobody."""
    body = {"model": model, "messages": user("ping")}
    reply = lab.gateway.http.post("/v1/chat/completions", json=body, headers=SPOOFED)
    assert reply.status_code == 200, reply.text
    assert reply.json()["choices"][0]["message"]["content"] == "scripted-model: ping"
    assert reply.headers["x-portico-model"] == model
    assert reply.headers["x-portico-release"] == release(lab.gateway)
    assert "spoofed" not in str(reply.headers)
    (request,) = received(lab.scripted, "/v1/chat/completions")
    internal = ("x-portico-", "x-envoy-", "x-litellm-")
    assert [name for name, _ in request.headers if name.lower().startswith(internal)] == []


@pytest.mark.parametrize("model", ["scripted", "scripted-indirect", "llamacpp"])
def test_answers_tell_nothing_of_the_inside(gateway: Gateway, model: str) -> None:
    """No header of an answer names an engine's address, LiteLLM's deployments or Envoy's doings."""
    reply = gateway.http.post("/v1/chat/completions", json={"model": model, "messages": user("ping")})
    hidden = ("x-envoy-", "x-litellm-", "llm_provider-")
    assert [name for name in reply.headers if name.startswith(hidden)] == []
    assert "127.0.0.1" not in str(reply.headers)
    assert reply.headers["server"] == "portico"


def test_request_ids(gateway: Gateway) -> None:
    """A client's own request id comes back; without one the gateway makes it."""
    body = {"model": "scripted", "messages": user("ping")}
    own = gateway.http.post("/v1/chat/completions", json=body, headers={"x-request-id": "mine-1"})
    assert own.headers["x-portico-request-id"] == own.headers["x-request-id"] == "mine-1"
    made = {
        gateway.http.post("/v1/chat/completions", json=body).headers["x-portico-request-id"] for _ in range(3)
    }
    assert len(made) == 3
    assert all(re.fullmatch(r"[0-9a-f-]{36}", request_id) for request_id in made)
    assert gateway.http.get("/no-such-path").headers["x-portico-request-id"]


def test_health(gateway: Gateway) -> None:
    """Health is cheap and needs nobody; the detailed one tells lanes, processes and providers; the status is the command's."""
    assert gateway.http.get("/health").json() == {"status": "ok"}
    detailed = gateway.http.get("/health/detailed").json()
    assert detailed["status"] == "ok"
    assert {lane["name"]: lane["state"] for lane in detailed["lanes"]} == {
        "direct": "ready",
        "litellm": "ready",
    }
    assert {process["name"] for process in detailed["processes"]} == {"envoy", "litellm-1"}
    told, status = gateway.http.get("/gateway/status").json(), gateway.status()
    assert told["release"] == status["release"] == detailed["release"]
    assert [model["name"] for model in told["models"]] == [model["name"] for model in status["models"]]


def test_control_api_only_tells(gateway: Gateway) -> None:
    """Nothing can be changed through the gateway's port, and unknown paths below /gateway are 404."""
    assert gateway.http.post("/gateway/stop", json={"timeout_seconds": 0}).status_code in (404, 405)
    error_in(gateway.http.get("/gateway/nothing-here"), 404)
    assert gateway.http.get("/health").status_code == 200


def test_body_that_is_too_large(lab: Lab) -> None:
    """More than 64 MiB is 413, said before an engine is asked; 60 MiB is taken."""
    head, tail = b'{"model": "scripted", "messages": [{"role": "user", "content": "', b'"}]}'
    reply = lab.gateway.http.post("/v1/chat/completions", content=head + b"x" * (60 * 2**20) + tail)
    assert reply.status_code == 200, reply.text[:300]
    reply = lab.gateway.http.post("/v1/chat/completions", content=head + b"x" * (65 * 2**20) + tail)
    assert error_in(reply, 413)["code"] == "request_too_large"
    assert len(received(lab.scripted, "/v1/chat/completions")) == 1


def test_headers_that_are_too_large(gateway: Gateway) -> None:
    """431 in OpenAI's shape."""
    reply = gateway.http.get("/v1/models", headers={"x-large": "x" * 70_000})
    assert error_in(reply, 431)["code"] == "request_headers_too_large"


def test_before_litellm_is_ready(lab: Lab) -> None:
    """Right after `up` the direct lane answers; LiteLLM's is 503 with Retry-After, and says that it is starting."""
    error = error_in(lab.first.litellm, 503)
    assert int(lab.first.litellm.headers["retry-after"]) > 0
    assert "starting" in error["message"]
    assert "'scripted-indirect'" in error["message"]
    assert lab.first.direct.status_code == 200
    assert lab.first.direct.headers["x-portico-lane"] == "direct"
    assert json.loads(lab.first.direct.content)["choices"][0]["message"]["content"] == "scripted-model: hello"
