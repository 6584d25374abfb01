"""The lane through LiteLLM: its names, its key, and its coming and going."""

from collections.abc import Iterator
from functools import partial

import pytest

from generator.render.envoy import litellm_endpoints
from tests.envoy.conftest import Lab
from tests.envoy.recording import Reply, Request
from tests.envoy.test_surface import error

LIVE_FILE = "xds/eds/litellm.json"


@pytest.fixture
def ready(lab: Lab) -> Iterator[Lab]:
    """LiteLLM has one worker, which is live; afterwards none again."""
    lab.gateway.replace(LIVE_FILE, litellm_endpoints((lab.engines["worker"].port,), "ready-1"))
    lab.gateway.wait_for('cluster.litellm.version_text: "ready-1"')
    yield lab
    lab.gateway.replace(LIVE_FILE, litellm_endpoints((), "away"))
    lab.gateway.wait_for('cluster.litellm.version_text: "away"')


def test_until_it_is_ready_it_answers_503(lab: Lab) -> None:
    """With Retry-After, however often it is asked."""
    for _ in range(20):
        answer = lab.ask("cloudy")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (
            error(answer)["message"]
            == "no provider of model 'cloudy' answered (tried cloud); the LiteLLM lane is starting"
        )


def test_a_deployment_is_asked_by_its_exact_name(ready: Lab) -> None:
    """With LiteLLM's key in place of the client's, on the canonical path."""
    answer = ready.client.post(
        "/responses?x=1", json={"model": "gpt-4o-cloud"}, headers={"authorization": "Bearer client"}
    )
    (request,) = ready.engines["worker"].requests
    assert request.body == b'{"model":"cloud/gpt-5"}'
    assert request.path == "/v1/responses?x=1"
    assert request.header("authorization") == "Bearer sk-litellm-key"
    assert [answer.headers[f"x-portico-{name}"] for name in ("lane", "provider", "model")] == [
        "litellm",
        "cloud",
        "cloudy",
    ]


def test_a_pattern_keeps_the_name_behind_the_provider(ready: Lab) -> None:
    """However the name is written."""
    ready.client.post("/v1/chat/completions", content=b'{"model":"cl\\u006fud\\/\\"x\\""}')
    assert ready.engines["worker"].bodies == [
        b'{"model":"cloud/cloud/x"}'.replace(b"cloud/x", b'cloud/\\"x\\"')
    ]


def test_the_last_resort_is_asked_for_the_public_model(ready: Lab) -> None:
    """After every provider, also for a name outside ASCII; nothing of a provider's comes along."""
    for engine in "abc":
        ready.engines[engine].behave = partial(_always, Reply(500))
    for asked, public in (("chain", b'"chain"'), ("gpt-4o", b'"llama"'), ("ünï cödé", '"ünï cödé"'.encode())):
        ready.engines["worker"].requests.clear()
        answer = ready.ask(asked)
        assert answer.status_code == 200
        assert [answer.headers[f"x-portico-{name}"] for name in ("lane", "provider")] == [
            "litellm",
            "litellm",
        ]
        (request,) = ready.engines["worker"].requests
        assert request.body.startswith(b'{"model":' + public)
        assert request.header("x-team") is None


def test_what_litellm_says_is_the_answer(ready: Lab) -> None:
    """Its own errors pass through."""
    for status in (400, 404, 500):
        reply = Reply(status, body=b'{"error":{"message":"from litellm"}}')
        ready.engines["worker"].behave = partial(_always, reply)
        answer = ready.ask("cloudy")
        assert (answer.status_code, answer.content) == (status, b'{"error":{"message":"from litellm"}}')


def test_a_worker_that_died_is_503_at_once(ready: Lab) -> None:
    """Its port refuses connections until the runtime has taken it out."""
    ready.gateway.replace(LIVE_FILE, litellm_endpoints((1,), "dead"))
    ready.gateway.wait_for('cluster.litellm.version_text: "dead"')
    for _ in range(10):
        answer = ready.ask("cloudy")
        assert answer.status_code == 503
        assert error(answer)["code"] == "no_provider_answered"


def _always(reply: Reply, _: Request) -> Reply:
    return reply
