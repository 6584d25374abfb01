"""What engines and clients see in headers."""

import pytest

from tests.envoy.conftest import Lab
from tests.envoy.recording import Reply

CLIENT_SECRETS = {
    "authorization": "Bearer client",
    "x-api-key": "client",
    "api-key": "client",
    "cookie": "session=client",
    "proxy-authorization": "Basic client",
}
INTERNAL = {
    "x-portico-kind": "health",
    "x-portico-api": "/v1/models",
    "x-portico-model": "second",
    "x-portico-stream": "1",
    "x-envoy-max-retries": "9",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-attempt-count": "2",
    "x-envoy-retry-on": "4xx",
}


def test_a_clients_secrets_and_internal_headers_reach_no_engine(lab: Lab) -> None:
    """And do not steer the gateway. What else the client sent arrives."""
    headers = (
        CLIENT_SECRETS
        | INTERNAL
        | {"anthropic-version": "2023-06-01", "openai-beta": "x", "x-forwarded-for": "9.9.9.9"}
    )
    answer = lab.client.post("/v1/chat/completions", json={"model": "chain-b"}, headers=headers)
    assert answer.headers["x-portico-model"] == "chain-b"
    (request,) = lab.engines["b"].requests
    assert {name for name, _ in request.headers} == {
        "host",
        "accept",
        "accept-encoding",
        "user-agent",
        "content-type",
        "content-length",
        "x-request-id",
        "anthropic-version",
        "openai-beta",
    }


def test_a_providers_key_and_headers_are_its_own(lab: Lab) -> None:
    """Sent to it, literal and secret, and to nobody asked after it in the same request."""
    lab.engines["a"].behave = lambda _: Reply(500)
    answer = lab.client.post("/v1/chat/completions", json={"model": "chain"}, headers=CLIENT_SECRETS)
    assert answer.headers["x-portico-provider"] == "b"
    first, second = lab.engines["a"].requests[0], lab.engines["b"].requests[0]
    assert first.header("authorization") == "Bearer key-of-a"
    assert first.header("x-team") == "red 100%"
    assert first.header("x-pass") == "pass-of-a"
    assert not {"authorization", "x-team", "x-pass", "x-api-key", "cookie"} & {
        name for name, _ in second.headers
    }
    assert b"key-of-a" not in b"".join(value.encode() for _, value in second.headers)


def test_every_attempt_has_its_own_path_host_and_length(lab: Lab) -> None:
    """Three attempts over two providers, one of them behind a prefix."""
    lab.engines["a"].behave = lambda request: Reply(500 if b"llama3" in request.body else 200)
    lab.engines["b"].behave = lambda _: Reply(500)
    lab.ask("chain", "/completions?q=1")
    first, third = lab.engines["a"].requests
    (second,) = lab.engines["b"].requests
    assert [request.path for request in (first, second, third)] == [
        "/v1/completions?q=1",
        "/behind/proxy/v1/completions?q=1",
        "/v1/completions?q=1",
    ]
    for engine, request in (("a", first), ("b", second), ("a", third)):
        assert request.header("host") == f"127.0.0.1:{lab.engines[engine].port}"
        assert request.header("content-length") == str(len(request.body))


def test_answers_say_where_they_come_from(lab: Lab) -> None:
    """Release, lane, provider, model and request, in place of what the engine says about itself."""
    lab.engines["c"].behave = lambda _: Reply(
        headers={
            "server": "engine/1",
            "x-envoy-upstream-service-time": "5",
            "x-envoy-overloaded": "true",
            "x-portico-provider": "someone",
            "x-portico-secret": "?",
            "openai-processing-ms": "7",
        }
    )
    answer = lab.ask("only-c")
    found = {
        name: value for name, value in answer.headers.items() if name.startswith(("x-", "server", "openai"))
    }
    identity = answer.headers["x-request-id"]
    assert found == {
        "server": "portico",
        "openai-processing-ms": "7",
        "x-portico-release": lab.gateway.release.id,
        "x-portico-lane": "direct",
        "x-portico-provider": "c",
        "x-portico-model": "only-c",
        "x-portico-request-id": identity,
        "x-request-id": identity,
    }
    assert lab.engines["c"].requests[0].header("x-request-id") == identity


@pytest.mark.parametrize(
    "path", ["/health", "/v1/models", "/nothing", "/v1/models/zzz", "/gateway/x", "/v1/messages"]
)
def test_every_answer_names_release_and_request(lab: Lab, path: str) -> None:
    """Those without an engine as well."""
    answer = lab.client.get(path)
    assert answer.headers["x-portico-release"] == lab.gateway.release.id
    assert answer.headers["x-request-id"] == answer.headers["x-portico-request-id"]
    assert "x-portico-provider" not in answer.headers


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("req_01.a:b-c", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("a b", False),
        ("{$(x)}", False),
        ("é", False),
    ],
)
def test_a_sane_request_id_is_kept(lab: Lab, sent: str, *, kept: bool) -> None:
    """Another one is replaced."""
    answer = lab.client.get("/health", headers=[(b"x-request-id", sent.encode())])
    assert (answer.headers["x-request-id"] == sent) == kept
    assert answer.headers["x-portico-request-id"]
