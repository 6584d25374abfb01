"""What a client sees when engines are away, slow or broken: another model's answer, or an error that says so."""

import json
import time
from collections.abc import Callable

import httpx
import pytest

from tests.engines.scripted_control import clear_received, received, script
from tests.gateway import sse
from tests.gateway.caller import error_of, user
from tests.gateway.lab import FIRST_TOKEN_SECONDS, REQUEST_SECONDS, Lab

TOO_LATE = FIRST_TOKEN_SECONDS + 1.0
"""Seconds until the first token, beyond its limit and within the request's."""

Chat = Callable[..., httpx.Response]


@pytest.fixture(params=["direct", "litellm"])
def lane(request: pytest.FixtureRequest) -> str:
    """Each lane."""
    name: str = request.param
    return name


@pytest.fixture
def chat(lab: Lab, lane: str) -> Chat:
    """Asks a public model on the lane; `unruly` is well at first, which also clears what Envoy holds against it."""
    well = lab.gateway.http.post("/v1/chat/completions", json={"model": "unruly", "messages": user("well?")})
    assert well.status_code == 200, well.text

    clear_received(lab.unruly)

    def ask(model: str, **body: object) -> httpx.Response:
        name = model if lane == "direct" else f"{model}-indirect"
        return lab.gateway.http.post(
            "/v1/chat/completions", json={"model": name, "messages": user("ping"), **body}
        )

    return ask


def text_of(reply: httpx.Response, *, stream: bool) -> str:
    """What was answered."""
    assert reply.status_code == 200, reply.text
    if stream:
        return sse.content(reply)
    text: str = reply.json()["choices"][0]["message"]["content"]
    return text


def models_asked(lab: Lab) -> list[str]:
    """The models that `unruly` was asked for, in order."""
    return [json.loads(entry.body)["model"] for entry in received(lab.unruly) if entry.method == "POST"]


@pytest.mark.parametrize("stream", [False, True])
def test_engine_down_with_a_fallback(chat: Chat, lane: str, *, stream: bool) -> None:
    """The fallback answers, and the headers say who that was."""
    reply = chat("down-falls-back", stream=stream)
    assert text_of(reply, stream=stream) == "scripted-model: ping"
    assert reply.headers["x-portico-provider"] == "scripted"
    assert reply.headers["x-portico-lane"] == lane
    assert reply.headers["x-portico-model"] == ("scripted" if lane == "direct" else "scripted-indirect")


@pytest.mark.parametrize("stream", [False, True])
def test_engine_down_without_a_fallback(chat: Chat, *, stream: bool) -> None:
    """503 with Retry-After, in OpenAI's shape, naming the model that was asked for; also where a stream was wanted."""
    reply = chat("down", stream=stream)
    error = error_of(reply, 503)
    assert error["type"] == "server_error"
    assert error["code"] == "no_provider_answered"
    assert "'down" in error["message"]
    assert int(reply.headers["retry-after"]) > 0


def test_engine_down_on_a_model_that_is_direct_only(lab: Lab) -> None:
    """`lane: direct` is meant: LiteLLM is not even the last resort."""
    body = {"model": "down-only-direct", "messages": user("ping")}
    error = error_of(lab.gateway.http.post("/v1/chat/completions", json=body), 503)
    assert error["code"] == "no_provider_answered"


def test_one_of_two_targets_down(lab: Lab) -> None:
    """The target that is left answers every request."""
    body = {"model": "half-down", "messages": user("ping")}
    replies = [lab.gateway.http.post("/v1/chat/completions", json=body) for _ in range(12)]
    assert {text_of(reply, stream=False) for reply in replies} == {"unruly-model: ping"}
    assert {reply.headers["x-portico-provider"] for reply in replies} == {"unruly"}


def test_first_token_too_late_with_a_fallback(lab: Lab, chat: Chat, lane: str) -> None:
    """A stream whose first token does not come in time is answered by the fallback."""
    script(lab.unruly, delay=TOO_LATE, model="unruly-model")
    reply = chat("unruly-falls-back", stream=True)
    assert text_of(reply, stream=True) == "spare-model: ping"
    assert reply.headers["x-portico-lane"] == lane


def test_first_token_too_late_without_a_fallback(lab: Lab, chat: Chat) -> None:
    """504 in OpenAI's shape when nobody answers in time."""
    script(lab.unruly, delay=TOO_LATE)
    error = error_of(chat("unruly", stream=True), 504)
    assert error["code"] == "timeout"


def test_plain_answer_too_late(lab: Lab, chat: Chat) -> None:
    """A plain answer has the request's whole time, then it is 504."""
    script(lab.unruly, delay=REQUEST_SECONDS + 1)
    started = time.monotonic()
    error = error_of(chat("unruly"), 504)
    assert error["code"] == "timeout"
    assert REQUEST_SECONDS - 0.2 < time.monotonic() - started < REQUEST_SECONDS + 0.9


def test_slow_within_the_limits(lab: Lab, chat: Chat, lane: str) -> None:
    """A plain answer may come later than a first token may, and a stream may take longer than that."""
    script(lab.unruly, delay=FIRST_TOKEN_SECONDS + 0.3)
    reply = chat("unruly")
    assert text_of(reply, stream=False) == "unruly-model: ping"
    assert reply.headers["x-portico-lane"] == lane
    script(lab.unruly, delay=0.3, chunk_delay=0.4)
    started = time.monotonic()
    reply = chat("unruly", stream=True)
    assert text_of(reply, stream=True) == "unruly-model: ping"
    assert time.monotonic() - started > FIRST_TOKEN_SECONDS
    assert reply.headers["x-portico-lane"] == lane


FAILURES = [({"status": status}, stream) for status in (429, 500, 503) for stream in (False, True)]
# In a stream the headers have reached the client by then: test_stream_that_breaks.
FAILURES.append(({"cut_after": 0}, False))


@pytest.mark.parametrize(("failure", "stream"), FAILURES)
def test_engine_fails(lab: Lab, chat: Chat, failure: dict[str, int], *, stream: bool) -> None:
    """An engine that answers with a failure, or hangs up before a byte, is answered for by the fallback."""
    script(lab.unruly, model="unruly-model", **failure)
    assert text_of(chat("unruly-falls-back", stream=stream), stream=stream) == "spare-model: ping"
    assert models_asked(lab) == ["unruly-model", "spare-model"]


def test_stream_that_breaks(lab: Lab, chat: Chat) -> None:
    """A stream that breaks off is never ended as if it were whole, and not begun again by a fallback."""
    script(lab.unruly, cut_after=2, model="unruly-model")
    try:
        said = chat("unruly-falls-back", stream=True).text
    except httpx.RemoteProtocolError:
        said = ""
    assert sse.DONE not in said
    assert '"finish_reason":"stop"' not in said.replace(" ", "")
    assert models_asked(lab) == ["unruly-model"]


def test_client_errors_are_not_sent_elsewhere(lab: Lab) -> None:
    """What an engine refuses as the client's fault is the answer: the fallback is not asked."""
    script(
        lab.unruly,
        model="unruly-model",
        status=400,
        body={"error": {"message": "n is too big", "type": "bad", "param": "n", "code": None}},
    )
    body = {"model": "unruly-falls-back", "messages": user("ping")}
    reply = lab.gateway.http.post("/v1/chat/completions", json=body)
    assert error_of(reply, 400)["message"] == "n is too big"
    assert models_asked(lab) == ["unruly-model"]
