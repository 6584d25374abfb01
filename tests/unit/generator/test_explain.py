"""Why a request goes where it goes."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.explain import ApiAnswer, Explanation, LeftOut, Match, MatchKind, explain
from generator.topology import Api, Lane, Topology
from tests.topologies import shipped_topology, topology_of

PROVIDERS = """
version: 1
providers:
  vllm:
    engine: vllm
    endpoints: ["http://127.0.0.1:8001"]
    models:
      big: {capabilities: [chat, tools], context_length: 8192}
      vectors: {capabilities: [embedding]}
  tgi:
    engine: tgi
    endpoints: ["http://127.0.0.1:8003"]
    models: {big: {capabilities: [chat, tools], context_length: 8192}}
  openai:
    engine: openai
    api_key: ${KEY}
    models: {big: {capabilities: [chat, tools], context_length: 8192}}
"""
MAPPINGS = """
version: 1
models:
  mixed:
    targets:
      - {provider: vllm, model: big, weight: 3}
      - {provider: tgi, model: big}
      - {provider: openai, model: big, weight: 0}
    fallbacks: [cloud]
  cloud:
    targets: [{provider: openai, model: big}]
  straight:
    lane: direct
    targets: [{provider: tgi, model: big}]
  through:
    lane: litellm
    targets: [{provider: vllm, model: big}]
  vectors:
    targets: [{provider: vllm, model: vectors}]
aliases:
  first: mixed
  second: first
patterns:
  - {match: "a/(.+)/(.+)", provider: vllm, model: "\\\\2-\\\\1"}
  - {match: ".+/x", provider: tgi}
"""


@pytest.fixture(scope="module")
def topology() -> Topology:
    """Three engines, two lanes, fallbacks, patterns."""
    return topology_of(PROVIDERS, MAPPINGS)


def _one(explanation: Explanation) -> ApiAnswer:
    [answer] = explanation.apis
    return answer


def _whys(answer: ApiAnswer) -> list[list[tuple[str, Lane, str]]]:
    return [[(way.provider, way.lane, way.why) for way in attempt] for attempt in answer.attempts]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("mixed", Match(MatchKind.MODEL, "mixed", None, None, ())),
        ("second", Match(MatchKind.ALIAS, "mixed", None, None, ())),
        ("a/b/x", Match(MatchKind.PATTERN, None, "a/(.+)/(.+)", 1, ())),
        ("b/x", Match(MatchKind.PATTERN, None, ".+/x", 2, ())),
        ("Mixde", Match(MatchKind.UNKNOWN, None, None, None, ("mixed",))),
        ("nothing like it", Match(MatchKind.UNKNOWN, None, None, None, ())),
    ],
)
def test_names_are_matched_in_order(topology: Topology, name: str, match: Match) -> None:
    """Models and aliases come before patterns, patterns in their order, and what is left is unknown."""
    assert explain(topology, name).match == match


def test_an_unknown_name_may_have_a_default(topology: Topology) -> None:
    """With a default model, unknown names go there and say so."""
    explanation = explain(replace(topology, default_model="cloud"), "zzz")
    assert explanation.match == Match(MatchKind.DEFAULT, "cloud", None, None, ())
    assert explanation.apis == explain(topology, "cloud").apis


def test_lanes_have_reasons(topology: Topology) -> None:
    """Each way says why it is direct or through LiteLLM, fallbacks included."""
    assert _whys(_one(explain(topology, "mixed", [Api.MESSAGES]))) == [
        [
            ("vllm", Lane.DIRECT, "vllm speaks /v1/messages itself"),
            ("tgi", Lane.LITELLM, "tgi does not speak /v1/messages, LiteLLM translates"),
        ],
        [("openai", Lane.LITELLM, "openai is reached through LiteLLM")],
    ]
    assert _whys(_one(explain(topology, "through", [Api.CHAT]))) == [
        [("vllm", Lane.LITELLM, "`lane: litellm` is set")]
    ]


def test_attempts_carry_weights_and_models(topology: Topology) -> None:
    """The ways of an attempt have their weights, and a fallback's ways the name of the fallback."""
    answer = _one(explain(topology, "mixed", [Api.CHAT]))
    assert [[(way.weight, way.public_model) for way in attempt] for attempt in answer.attempts] == [
        [(3, "mixed"), (1, "mixed")],
        [(1, "cloud")],
    ]
    assert answer.last_resort
    assert answer.limits is not None


def test_a_target_left_out_says_why(topology: Topology) -> None:
    """A weight of zero is a reason, and told where the model is served by others."""
    answer = _one(explain(topology, "mixed", [Api.CHAT]))
    assert answer.left_out == (LeftOut("openai", "big", "its weight is 0"),)


@pytest.mark.parametrize(
    ("name", "api", "why"),
    [
        ("mixed", Api.EMBEDDINGS, "no target can do embedding"),
        ("vectors", Api.CHAT, "no target can do chat"),
        ("straight", Api.MESSAGES, "tgi does not speak /v1/messages, and `lane: direct` is set"),
        ("b/x", Api.RERANK, "tgi does not speak /v1/rerank, nor does LiteLLM for it"),
    ],
)
def test_an_api_that_is_not_served_says_why(topology: Topology, name: str, api: Api, why: str) -> None:
    """No attempts, and the one reason that applies."""
    answer = _one(explain(topology, name, [api]))
    assert answer.attempts == ()
    assert answer.not_served == why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("through", "`lane: litellm` is set, and the LiteLLM lane is off (`litellm.workers: 0`)"),
        (
            "cloud",
            "openai does not speak /v1/chat/completions, and the LiteLLM lane is off (`litellm.workers: 0`)",
        ),
    ],
)
def test_without_workers_the_litellm_lane_is_the_reason(topology: Topology, name: str, why: str) -> None:
    """Where nothing but the missing lane is in the way, that is what is told."""
    models = tuple(replace(model, routes=()) if model.name == name else model for model in topology.models)
    answer = _one(explain(replace(topology, workers=0, models=models), name, [Api.CHAT]))
    assert answer.not_served == why


def test_a_pattern_makes_the_engines_name(topology: Topology) -> None:
    """The groups of the pattern are filled in, and without a rewrite the name passes through."""
    rewritten = _one(explain(topology, "a/b/x", [Api.CHAT])).attempts[0][0]
    assert (rewritten.provider, rewritten.engine_model) == ("vllm", "x-b")
    passed = _one(explain(topology, "b/x", [Api.CHAT])).attempts[0][0]
    assert (passed.provider, passed.engine_model) == ("tgi", "b/x")


def test_both_lanes_of_the_shipped_model(root: Path) -> None:
    """A newcomer sees one deployment by both lanes."""
    shipped = shipped_topology(root)
    direct = _one(explain(shipped, "tiny", [Api.CHAT]))
    through = _one(explain(shipped, "tiny-litellm", [Api.CHAT]))
    assert _whys(direct) == [[("embedded", Lane.DIRECT, "llamacpp speaks /v1/chat/completions itself")]]
    assert _whys(through) == [[("embedded", Lane.LITELLM, "`lane: litellm` is set")]]
