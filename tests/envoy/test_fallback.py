"""What happens when engines fail."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest

from tests.envoy.conftest import Lab
from tests.envoy.recording import RESET, Behaviour, Reply, Request
from tests.envoy.test_surface import error

FAILURES = {
    "500": Reply(500, body=b'{"error":"broken"}'),
    "503": Reply(503),
    "429": Reply(429),
    "reset": RESET,
}


def failing(reply: Reply, *models: str) -> Behaviour:
    """Fails for the named engine models, or for all."""

    def behave(request: Request) -> Reply:
        return (
            reply if not models or any(f'"{model}"'.encode() in request.body for model in models) else Reply()
        )

    return behave


def flags(lab: Lab, provider: str) -> str:
    """What Envoy says of the health of a provider's endpoints."""
    lines = lab.gateway.admin("/clusters").splitlines()
    return "\n".join(
        line for line in lines if line.startswith(f"direct:{provider}::") and "health_flags" in line
    )


@pytest.fixture(autouse=True)
def _forgiven(lab: Lab) -> None:
    """Endpoints that an earlier test got ejected are back: one good answer is not enough, so time has to pass."""
    for name in ("a", "b", "c"):
        deadline = time.monotonic() + 15
        while "failed_outlier" in "".join(
            line
            for line in lab.gateway.admin("/clusters").splitlines()
            if line.startswith(f"direct:{name}::")
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("stream", [False, True])
def test_a_failure_goes_on_to_the_fallbacks_in_order(lab: Lab, failure: str, *, stream: bool) -> None:
    """The same cluster may come twice, with another name each time."""
    lab.engines["a"].behave = failing(FAILURES[failure], "llama3.1:8b")
    lab.engines["b"].behave = failing(FAILURES[failure])
    answer = lab.ask("chain", stream=stream)
    assert answer.status_code == 200
    assert lab.names_asked("a") == ["llama3.1:8b", "second"]
    assert lab.names_asked("b") == ["llama-b"]
    assert [answer.headers[f"x-portico-{name}"] for name in ("lane", "provider", "model")] == [
        "direct",
        "a",
        "second",
    ]


def test_a_refused_connection_goes_on_at_once(lab: Lab) -> None:
    """Over IPv4 and IPv6, and for a name that does not resolve."""
    for model in ("gone-chain", "six", "nameless"):
        start = time.monotonic()
        assert lab.ask(model).headers["x-portico-provider"] == "c"
        assert time.monotonic() - start < 0.5


def test_a_stream_that_does_not_start_goes_on(lab: Lab) -> None:
    """After the time for the first token, here one second."""
    lab.engines["b"].behave = failing(Reply(delay=30))
    lab.engines["a"].behave = failing(Reply(500), "llama3.1:8b")
    start = time.monotonic()
    assert lab.ask("chain", stream=True).headers["x-portico-model"] == "second"
    assert 0.9 < time.monotonic() - start < 2


def test_a_client_error_is_the_answer(lab: Lab) -> None:
    """400, 401 and 404 are not tried elsewhere; body and status come through."""
    for status in (400, 401, 404, 422):
        lab.engines["a"].behave = failing(Reply(status, body=b'{"error":{"message":"engine says no"}}'))
        answer = lab.ask("chain")
        assert (answer.status_code, answer.content) == (status, b'{"error":{"message":"engine says no"}}')
        assert answer.headers["x-portico-provider"] == "a"
    assert lab.engines["b"].requests == []


def test_targets_share_the_load_by_weight(lab: Lab) -> None:
    """Three to one, and nothing for weight zero."""
    served = Counter(lab.ask("spread").headers["x-portico-provider"] for _ in range(400))
    assert set(served) == {"a", "b"}
    assert 250 < served["a"] < 350
    assert "second" not in lab.names_asked("a")


def test_targets_stand_in_for_each_other(lab: Lab) -> None:
    """A failing target costs no request, wherever the draw begins; the other target gets them all."""
    lab.engines["a"].behave = failing(Reply(429))
    assert [lab.ask("spread").headers["x-portico-provider"] for _ in range(40)] == ["b"] * 40
    assert 20 < len(lab.engines["a"].requests) < 40


def test_targets_on_one_provider_stand_in_for_each_other(lab: Lab) -> None:
    """Both of its models are asked, whichever comes first, and only then the fallback."""
    lab.engines["a"].behave = failing(Reply(429))
    firsts = set()
    for _ in range(30):
        lab.engines["a"].requests.clear()
        assert lab.ask("twice").headers["x-portico-model"] == "only-c"
        assert sorted(lab.names_asked("a")) == ["llama3.1:8b", "second"]
        firsts.add(lab.names_asked("a")[0])
    assert firsts == {"llama3.1:8b", "second"}


def test_when_nothing_is_left_the_answer_says_what_was_tried(lab: Lab) -> None:
    """503 in OpenAI's shape, with Retry-After, at once."""
    start = time.monotonic()
    answer = lab.ask("gone")
    assert time.monotonic() - start < 0.5
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert error(answer)["code"] == "no_provider_answered"
    assert error(answer)["message"] == (
        "no provider of model 'gone' answered (tried dead, litellm); the LiteLLM lane is starting"
    )
    assert not {"x-portico-lane", "x-portico-provider", "x-portico-model", "x-portico-answer"} & set(
        answer.headers
    )


def test_a_dead_provider_is_left_out_and_comes_back(lab: Lab) -> None:
    """Failed probes take it out without losing a request; the stand-in sends requests on at once."""
    assert lab.ask("guarded").headers["x-portico-provider"] == "probed"
    lab.engines["probed"].healthy = False
    deadline = time.monotonic() + 5
    while "failed_active_hc" not in flags(lab, "probed"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.1)  # the worker threads hear of it a little later
    lab.engines["probed"].requests.clear()
    assert {lab.ask("guarded").headers["x-portico-provider"] for _ in range(20)} == {"c"}
    assert lab.engines["probed"].requests == []
    lab.engines["probed"].healthy = True
    while lab.ask("guarded").headers["x-portico-provider"] != "probed":
        assert time.monotonic() < deadline + 5
        time.sleep(0.02)


def test_probes_ask_the_engines_own_path(lab: Lab) -> None:
    """GET, never anything that generates."""
    deadline = time.monotonic() + 5
    while len(lab.engines["probed"].probes) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert {(probe.method, probe.path) for probe in lab.engines["probed"].probes} == {("GET", "/health")}
    assert lab.engines["probed"].probes[0].header("host") == f"127.0.0.1:{lab.engines['probed'].port}"


def test_many_failures_at_once_all_find_their_fallback(lab: Lab) -> None:
    """Retries are not limited by Envoy's small defaults."""
    lab.engines["b"].behave = failing(Reply(429, delay=0.2))
    lab.engines["a"].behave = failing(Reply(429, delay=0.2), "llama3.1:8b")
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: lab.ask("chain"), range(80)))
    assert {answer.headers["x-portico-model"] for answer in answers} == {"second"}


def test_streams_go_through_as_they_come(lab: Lab) -> None:
    """Chunk by chunk, unbuffered, with the engine's bytes."""
    chunks = [f"data: {number}\n\n".encode() for number in range(5)]
    lab.engines["a"].behave = failing(Reply(chunks=chunks, pause=0.1))
    seen, times = [], []
    with lab.client.stream("POST", "/v1/chat/completions", json={"model": "llama", "stream": True}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        for chunk in answer.iter_raw():
            seen.append(chunk)
            times.append(time.monotonic())
    assert seen == chunks
    assert all(0.05 < later - earlier < 0.3 for earlier, later in pairwise(times))


def test_a_stream_may_last_longer_than_its_first_token(lab: Lab) -> None:
    """The limit for the first token, one second here, does not cut what has begun."""
    lab.engines["a"].behave = failing(Reply(chunks=[b"data: x\n\n"] * 4, pause=0.5))
    with lab.client.stream("POST", "/v1/chat/completions", json={"model": "llama", "stream": True}) as answer:
        assert len(list(answer.iter_raw())) == 4


def test_a_silent_stream_is_cut(lab: Lab) -> None:
    """After the longer of the times for silence and for the first token, 1 s here; other answers may take longer than that."""
    lab.engines["a"].behave = failing(Reply(chunks=[b"data: x\n\n"] * 2, pause=4))
    start = time.monotonic()
    with (
        pytest.raises(httpx.RemoteProtocolError),
        lab.client.stream("POST", "/v1/chat/completions", json={"model": "llama", "stream": True}) as answer,
    ):
        list(answer.iter_raw())
    assert 0.9 < time.monotonic() - start < 2.6  # Envoy keeps the connection open for a second more
    lab.engines["a"].behave = failing(Reply(delay=1.5))
    assert lab.ask("llama").status_code == 200
