"""What the listener answers to, and how."""

import json
from typing import Any

import httpx
import pytest

from tests.envoy.conftest import Lab

CHAT_APIS = ["/chat/completions", "/completions", "/responses", "/messages"]


@pytest.mark.parametrize("prefix", ["/v1", ""])
@pytest.mark.parametrize(
    ("path", "model"),
    [*((path, "llama") for path in CHAT_APIS), ("/embeddings", "embed"), ("/rerank", "embed")],
)
@pytest.mark.parametrize("query", ["", "?api-version=1&x=/v1/models"])
def test_every_api_reaches_the_engine_at_its_canonical_path(
    lab: Lab, prefix: str, path: str, model: str, query: str
) -> None:
    """With and without /v1, and with a query that stays as it is."""
    answer = lab.ask(model, prefix + path + query)
    assert answer.status_code == 200
    assert [request.path for request in lab.engines["a"].requests] == [f"/v1{path}{query}"]


def test_a_path_prefix_and_the_engines_own_authority_are_used(lab: Lab) -> None:
    """An engine behind a proxy gets its prefix, and every engine its own Host."""
    lab.ask("chain-b")
    (request,) = lab.engines["b"].requests
    assert request.path == "/behind/proxy/v1/chat/completions"
    assert request.header("host") == f"127.0.0.1:{lab.engines['b'].port}"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/chat/completions/",
        "/v2/chat/completions",
        "/api/chat",
        "/metrics",
        "/v1/files",
        "/gateway",
        "/v1/chat/../../api/pull",
        "/v1/chat%2Fcompletions",
        "/health/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_everything_else_is_404(lab: Lab, method: str, path: str) -> None:
    """Nothing but the allowed paths reaches an engine."""
    answer = lab.client.request(method, path, json={"model": "llama"} if method == "POST" else None)
    assert answer.status_code == 404
    assert error(answer)["code"] == "not_found"
    assert not any(engine.requests for engine in lab.engines.values())


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("PUT", "/messages", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/models/llama", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405_with_the_right_ones(lab: Lab, method: str, path: str, allow: str) -> None:
    """The Allow header names what works."""
    answer = lab.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert error(answer)["code"] == "method_not_allowed"


def test_health_costs_nothing_and_the_control_api_gets_its_paths(lab: Lab) -> None:
    """/health is answered by Envoy; details and /gateway come from the control port with the client's credential."""
    assert lab.client.get("/health").json() == {"status": "ok"}
    assert lab.client.head("/health").status_code == 200
    assert lab.engines["control"].probes == []
    for path in ("/health/detailed?x=1", "/gateway/status", "/gateway/a/b?c"):
        assert lab.client.get(path, headers={"authorization": "Bearer me"}).status_code == 200
        request = lab.engines["control"].probes[-1]
        assert (request.path, request.header("authorization")) == (path, "Bearer me")
        assert not [name for name, _ in request.headers if name.startswith("x-portico")]
    lab.client.post("/gateway/reload", json={"now": True})
    assert lab.engines["control"].bodies == [b'{"now":true}']


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "invalid_json", "could not parse the JSON body"),
        (b"model=llama", "invalid_json", "could not parse the JSON body"),
        (b'["model"]', "invalid_json", "could not parse the JSON body"),
        (b'{"messages":[]}', "missing_model", "you must provide a model parameter"),
        (b'{"model":null}', "missing_model", "you must provide a model parameter"),
        (b'{"model":""}', "missing_model", "you must provide a model parameter"),
        (b'{"model":{"model":"llama"}}', "missing_model", "you must provide a model parameter"),
        (b'{"model":"a\\u0000b"}', "invalid_model", "is not a name"),
        (b'{"model":"a\\r\\nx-evil: 1"}', "invalid_model", "is not a name"),
        (b'{"model":"\\ud800"}', "invalid_model", "is not a name"),
        (b'{"model":"\xff"}', "invalid_model", "is not a name"),
        (b'{"model":"' + b"x" * 513 + b'"}', "invalid_model", "is not a name"),
    ],
)
def test_a_body_without_a_usable_name_is_400(lab: Lab, body: bytes, code: str, message: str) -> None:
    """In OpenAI's shape, before any engine is asked."""
    answer = lab.client.post("/v1/chat/completions", content=body)
    assert answer.status_code == 400
    assert error(answer)["code"] == code
    assert message in error(answer)["message"]


def test_broken_json_with_a_name_is_the_engines_to_refuse(lab: Lab) -> None:
    """The bytes arrive as they are but for the name."""
    lab.client.post("/v1/chat/completions", content=b'{"model":"llama",,}')
    assert lab.engines["a"].bodies == [b'{"model":"llama3.1:8b",,}']


def test_an_api_the_model_is_not_served_on_is_400(lab: Lab) -> None:
    """The answer names the APIs it is served on."""
    answer = lab.ask("llama", "/v1/embeddings")
    assert answer.status_code == 400
    assert error(answer) == {
        "message": "the model 'llama' is not served on this path; it is served on /v1/chat/completions, /v1/completions, "
        "/v1/responses, /v1/messages",
        "type": "invalid_request_error",
        "param": "model",
        "code": "unsupported_endpoint",
    }


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("LLAMA", "'llama'"),
        ("lama", "'llama'"),
        ("gpt4o", "'gpt-4o'"),
        ("org-model-tag", "'org/model:tag'"),
        ("org/model", "'org/model:tag'"),
        ("spraed", "'spread'"),
        ("zzzzzzzzz", None),
        ('quo"ted', None),
    ],
)
def test_an_unknown_model_is_404_with_the_closest_names(lab: Lab, name: str, suggestion: str | None) -> None:
    """On inference and on the list of models alike."""
    for answer in (lab.ask(name), lab.client.get(f"/v1/models/{name}")):
        assert answer.status_code == 404
        assert (error(answer)["code"], error(answer)["param"]) == ("model_not_found", "model")
        message = error(answer)["message"]
        assert message.startswith(f"the model '{name}' does not exist")
        assert ("did you mean" in message) == (suggestion is not None)
        assert suggestion is None or suggestion in message


def error(answer: httpx.Response) -> dict[str, Any]:
    """The error of an answer that has the shape both OpenAI's and Anthropic's clients read."""
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.content)
    assert set(body) == {"error", "type"}
    assert body["type"] == "error"
    assert set(body["error"]) == {"message", "type", "param", "code"}
    found: dict[str, Any] = body["error"]
    return found
