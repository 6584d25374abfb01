"""On the direct lane an engine receives the client's bytes but for the model's name."""

from random import Random

import pytest

from tests.envoy.bodies import request
from tests.envoy.conftest import Lab
from tests.envoy.reference import renamed


@pytest.mark.parametrize(("public", "engine"), [("llama", "llama3.1:8b"), ("second", "second")])
def test_any_body_arrives_as_it_was_but_for_the_name(lab: Lab, public: str, engine: str) -> None:
    """Key order, white space, big integers, escapes, duplicate and nested keys; 300 bodies."""
    for seed in range(300):
        body = request(Random(seed), public)
        answer = lab.client.post("/v1/chat/completions", content=body)
        assert answer.status_code == 200, (seed, body, answer.text)
        assert lab.engines["a"].bodies[-1] == renamed(body, engine), (seed, body)


def test_every_attempt_starts_from_the_clients_body(lab: Lab) -> None:
    """The first engine's name does not reach the second; lengths are right each time."""
    for seed in range(50):
        body = request(Random(seed), "gone-chain")
        assert lab.client.post("/v1/chat/completions", content=body).status_code == 200
        assert lab.engines["c"].bodies[-1] == renamed(body, "llama-c"), (seed, body)


def test_names_outside_ascii_are_found_however_they_are_escaped(lab: Lab) -> None:
    """Spaces and letters beyond ASCII are part of names."""
    for name in (rb"\u00fcn\u00ef c\u00f6d\u00e9", "ünï cödé".encode()):
        lab.client.post("/v1/chat/completions", content=b'{"model":"' + name + b'"}')
        assert lab.engines["c"].bodies[-1] == b'{"model":"llama-c"}'


def test_chunked_requests_and_expect_continue_work(lab: Lab) -> None:
    """The engine gets a length either way."""
    parts = [b'{"mod', b'el":"lla', b'ma"', b"}"]
    assert lab.client.post("/v1/chat/completions", content=iter(parts)).status_code == 200
    headers = {"expect": "100-continue"}
    assert (
        lab.client.post("/v1/chat/completions", content=b'{"model":"llama"}', headers=headers).status_code
        == 200
    )
    for arrived in lab.engines["a"].requests:
        assert arrived.body == b'{"model":"llama3.1:8b"}'
        assert arrived.header("content-length") == str(len(arrived.body))
        assert arrived.header("transfer-encoding") is None
        assert arrived.header("expect") is None


@pytest.mark.parametrize(
    ("asked", "engine", "provider"),
    [
        ("ollama/qwen-7", "7:qwen", "b"),
        ("ollama/a-b-12", "12:a-b", "b"),
        ("raw/x", "raw/x", "c"),
        ('raw/"q"', 'raw/"q"', "c"),
    ],
)
def test_patterns_name_the_engines_model(lab: Lab, asked: str, engine: str, provider: str) -> None:
    """With groups, or as the name is."""
    answer = lab.ask(asked)
    assert answer.headers["x-portico-model"] == asked
    assert lab.names_asked(provider) == [engine]


def test_a_pattern_matches_the_whole_name(lab: Lab) -> None:
    """A part is not enough."""
    assert lab.ask("x/ollama/qwen-7").status_code == 404
    assert lab.ask("ollama/qwen-7x").status_code == 404


def test_an_alias_asks_for_the_same_model(lab: Lab) -> None:
    """And the answer names the model."""
    assert lab.ask("gpt-4o").headers["x-portico-model"] == "llama"
    assert lab.names_asked("a") == ["llama3.1:8b"]
