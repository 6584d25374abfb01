"""The difference between two topologies is complete, symmetric, and says what it takes."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from generator.diff import EFFECTS, Action, Change, Effect, diff
from generator.render.litellm import render_litellm
from generator.topology import (
    Alias,
    Api,
    Endpoint,
    Header,
    HealthProbe,
    Lane,
    Limits,
    Logs,
    Pattern,
    Secret,
    Target,
    Topology,
)
from generator.traits import Subject, duration, traits
from tests.topologies import shipped_topology, topologies, topology_of

LAWS = settings(max_examples=40, deadline=None)


@LAWS
@given(topologies())
def test_nothing_differs_from_itself(topology: Topology) -> None:
    """A topology has no changes against itself."""
    assert diff(topology, topology) == ()


@LAWS
@given(topologies(), topologies())
def test_every_difference_is_told(before: Topology, after: Topology) -> None:
    """No changes means equal: there is no property that the comparison does not see."""
    assert (diff(before, after) == ()) == (before == after)


@LAWS
@given(topologies(), topologies())
def test_the_way_back_is_the_way_there_turned_round(before: Topology, after: Topology) -> None:
    """Going back undoes exactly what going there did."""
    assert diff(after, before) == tuple(_turned(change) for change in diff(before, after))


@LAWS
@given(topologies())
def test_the_first_start_adds_everything(topology: Topology) -> None:
    """From nothing, every thing is added and none is changed or removed."""
    changes = diff(None, topology)
    assert {change.action for change in changes} == {Action.ADDED}
    things = [key for key in traits(topology) if key[0] is not Subject.PATTERN_ORDER]
    assert sorted((change.subject, change.name) for change in changes) == sorted(things)


@LAWS
@given(topologies())
def test_every_trait_has_an_effect(topology: Topology) -> None:
    """The table of effects knows every field of every kind of thing, and no other."""
    for (subject, _), by_field in traits(topology).items():
        assert set(by_field) == set(EFFECTS[subject][1])


def _turned(change: Change) -> Change:
    actions = {Action.ADDED: Action.REMOVED, Action.REMOVED: Action.ADDED, Action.CHANGED: Action.CHANGED}
    return replace(change, action=actions[change.action], before=change.after, after=change.before)


def _with_model(topology: Topology, name: str, **changed: Any) -> Topology:
    return replace(
        topology, models=tuple(replace(m, **changed) if m.name == name else m for m in topology.models)
    )


def _with_provider(topology: Topology, name: str, **changed: Any) -> Topology:
    return replace(
        topology, providers=tuple(replace(p, **changed) if p.name == name else p for p in topology.providers)
    )


LIMITS = Limits(1, 2, 3, 4)
CASES: list[tuple[str, Callable[[Topology], Topology], list[Change]]] = [
    (
        "the listener",
        lambda t: replace(t, listen_port=4400),
        [
            Change(
                Subject.LISTENER,
                "",
                Action.CHANGED,
                "address",
                "127.0.0.1:4000",
                "127.0.0.1:4400",
                Effect.RESTART,
            )
        ],
    ),
    (
        "the control port",
        lambda t: replace(t, control_port=4401),
        [Change(Subject.CONTROL, "", Action.CHANGED, "port", "4001", "4401", Effect.RESTART)],
    ),
    (
        "the number of workers",
        lambda t: replace(t, workers=3),
        [Change(Subject.WORKERS, "", Action.CHANGED, "count", "1", "3", Effect.LITELLM)],
    ),
    (
        "a log level",
        lambda t: replace(t, logs=Logs("debug", t.logs.max_bytes, t.logs.keep)),
        [Change(Subject.LOG, "", Action.CHANGED, "level", "info", "debug", Effect.RESTART)],
    ),
    (
        "weights",
        lambda t: _with_model(t, "tiny", targets=(Target("embedded", "tiny", 2),)),
        [
            Change(
                Subject.MODEL,
                "tiny",
                Action.CHANGED,
                "targets",
                "embedded/tiny",
                "embedded/tiny x2",
                Effect.LITELLM,
            )
        ],
    ),
    (
        "fallbacks",
        lambda t: _with_model(t, "tiny", fallbacks=("tiny-litellm",)),
        [Change(Subject.MODEL, "tiny", Action.CHANGED, "fallbacks", "none", "tiny-litellm", Effect.LITELLM)],
    ),
    (
        "a description",
        lambda t: _with_model(t, "tiny", description="small"),
        [
            Change(
                Subject.MODEL,
                "tiny",
                Action.CHANGED,
                "description",
                "The model that ships with Portico, straight from llama.cpp",
                "small",
                Effect.HOT,
            )
        ],
    ),
    (
        "an endpoint",
        lambda t: _with_provider(
            t, "vllm", endpoints=(Endpoint(tls=True, host="::1", port=443, prefix="/v"),)
        ),
        [
            Change(
                Subject.PROVIDER,
                "vllm",
                Action.CHANGED,
                "endpoints",
                "http://127.0.0.1:8001",
                "https://[::1]:443/v",
                Effect.LITELLM,
            )
        ],
    ),
    (
        "how a provider is probed",
        lambda t: _with_provider(t, "vllm", probe=HealthProbe("/h", 60_000, 500, 1, 2)),
        [
            Change(
                Subject.PROVIDER,
                "vllm",
                Action.CHANGED,
                "health",
                "/health every 5s within 1s, out after 3, back after 1",
                "/h every 1m within 500ms, out after 2, back after 1",
                Effect.HOT,
            )
        ],
    ),
    (
        "time limits",
        lambda t: _with_provider(t, "vllm", limits=LIMITS),
        [
            Change(
                Subject.PROVIDER,
                "vllm",
                Action.CHANGED,
                "timeouts",
                "connect 5s, first token 10m, idle 10m, request 90m",
                "connect 1ms, first token 2ms, idle 3ms, request 4ms",
                Effect.LITELLM,
            )
        ],
    ),
    (
        "a secret",
        lambda t: _with_provider(t, "vllm", headers=(Header("x-a", Secret("KEY")), Header("x-b", "text"))),
        [
            Change(
                Subject.PROVIDER,
                "vllm",
                Action.CHANGED,
                "headers",
                "none",
                "x-a: ${KEY}, x-b: text",
                Effect.LITELLM,
            ),
            Change(Subject.SECRET, "${KEY}", Action.ADDED, None, None, "vllm", Effect.LITELLM),
        ],
    ),
    (
        "an alias",
        lambda t: replace(t, aliases=(Alias("chat", "tiny"), *t.aliases[1:])),
        [Change(Subject.ALIAS, "chat", Action.CHANGED, "model", "llama3.1:8b", "tiny", Effect.LITELLM)],
    ),
    (
        "the answer to unknown names",
        lambda t: replace(t, default_model="tiny"),
        [
            Change(
                Subject.UNKNOWN_NAMES, "", Action.CHANGED, "answer", "rejected", "served by tiny", Effect.HOT
            )
        ],
    ),
    (
        "a model less",
        lambda t: replace(t, models=tuple(m for m in t.models if m.name != "tiny")),
        [Change(Subject.MODEL, "tiny", Action.REMOVED, None, "embedded/tiny", None, Effect.LITELLM)],
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_change_is_named(
    change: Callable[[Topology], Topology], expected: list[Change], root: Path
) -> None:
    """Each kind of change is told once, with both texts and with what it needs."""
    topology = shipped_topology(root)
    assert list(diff(topology, change(topology))) == expected


def test_the_order_of_patterns_is_a_change_of_its_own(root: Path) -> None:
    """Which pattern is tried first decides, so turning two round is told; adding one is not a change of order."""
    topology = shipped_topology(root)
    [first] = topology.patterns
    second = Pattern("pattern-1", "b/(.+)", None, "vllm", None, ())
    both = replace(topology, patterns=(first, second))
    turned = replace(topology, patterns=(replace(second, id="pattern-0"), replace(first, id="pattern-1")))
    assert [change.subject for change in diff(topology, both)] == [Subject.PATTERN]
    assert list(diff(both, turned)) == [
        Change(
            Subject.PATTERN_ORDER,
            "",
            Action.CHANGED,
            "order",
            "ollama/(.+), b/(.+)",
            "b/(.+), ollama/(.+)",
            Effect.HOT,
        )
    ]


def test_a_lane_change_says_nothing_twice(root: Path) -> None:
    """A route that is another because the lane is another is told as the lane, not once more as a route."""
    topology = shipped_topology(root)
    tiny = next(model for model in topology.models if model.name == "tiny")
    through = next(model for model in topology.models if model.name == "tiny-litellm")
    changed = _with_model(topology, "tiny", lane_choice="litellm", routes=through.routes)
    assert [(change.name, change.field) for change in diff(topology, changed)] == [
        ("tiny", "lane"),
        ("tiny", "lanes"),
    ]
    assert tiny.routes != through.routes


def test_without_litellm_a_model_is_hot(root: Path) -> None:
    """Where LiteLLM runs neither before nor after, nothing needs it."""
    topology = replace(shipped_topology(root), workers=0)
    changes = diff(topology, replace(topology, models=topology.models[1:], aliases=()))
    assert {change.effect for change in changes} == {Effect.HOT}


PROVIDERS = """
version: 1
providers:
  one:
    engine: ollama
    endpoints: ["http://127.0.0.1:11434"]
    models:
      m: {context_length: 8192}
"""
MAPPINGS = """
version: 1
models:
  m:
    targets: [{provider: one, model: m}]
"""


HOT = [
    ("engine: ollama", "engine: ollama\n    health: {interval: 1m}"),
    ("engine: ollama", "engine: ollama\n    description: d\n    tags: [t]"),
    ("{context_length: 8192}", "{context_length: 8192, size: 8B, quantisation: F16, tags: [t]}"),
    ("model: m}]", "model: m}]\n    lane: litellm"),
    ("model: m}]", "model: m}]\n    description: d\n    tags: [t]"),
    ("model: m}]", "model: m}]\nunknown_model: {answer: default, model: m}"),
]
LITELLM = [
    ("11434", "11435"),
    ("engine: ollama", "engine: ollama\n    api_key: ${KEY}"),
    ("engine: ollama", "engine: ollama\n    headers: {x-a: b}"),
    ("engine: ollama", "engine: ollama\n    timeouts: {request: 1m}"),
    ("8192", "4096"),
    ("{context_length: 8192}", "{context_length: 8192, max_output: 100}"),
    ("{context_length: 8192}", "{context_length: 8192, cost: {input: 1}}"),
    ("{context_length: 8192}", "{context_length: 8192, capabilities: [chat, tools]}"),
    ("{context_length: 8192}", "{context_length: 8192}\n      n: {}"),
    ("model: m}]", "model: m, weight: 5}]"),
    ("model: m}]", "model: m}]\n  n:\n    targets: [{provider: one, model: m}]"),
    ("model: m}]", "model: m}]\naliases: {a: m}"),
    ("model: m}]", "model: m}]\npatterns: [{match: 'x/(.+)', provider: one}]"),
]


@pytest.mark.parametrize(("old", "new"), HOT)
def test_a_hot_change_leaves_litellms_file_alone(old: str, new: str) -> None:
    """What is called hot does not touch what LiteLLM reads: the table of effects promises nothing it cannot keep."""
    before, after = (
        topology_of(PROVIDERS, MAPPINGS),
        topology_of(PROVIDERS.replace(old, new), MAPPINGS.replace(old, new)),
    )
    assert {change.effect for change in diff(before, after)} == {Effect.HOT}
    assert render_litellm(before) == render_litellm(after)


@pytest.mark.parametrize(("old", "new"), LITELLM)
def test_a_change_of_litellms_file_needs_litellm(old: str, new: str) -> None:
    """What changes the file that LiteLLM reads is said to need new LiteLLM processes."""
    before, after = (
        topology_of(PROVIDERS, MAPPINGS),
        topology_of(PROVIDERS.replace(old, new), MAPPINGS.replace(old, new)),
    )
    assert Effect.LITELLM in {change.effect for change in diff(before, after)}
    assert render_litellm(before) != render_litellm(after)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0h"), (1, "1ms"), (1500, "1500ms"), (2000, "2s"), (90_000, "90s"), (5_400_000, "90m")],
)
def test_durations_read_as_they_are_written(milliseconds: int, text: str) -> None:
    """A length of time is told in the largest unit that loses nothing."""
    assert duration(milliseconds) == text


def test_every_property_of_the_topology_has_a_trait(root: Path) -> None:
    """Changing any one field of the shipped topology, at any depth, is seen."""
    topology = shipped_topology(root)
    for changed in _every_single_change(topology):
        assert diff(topology, changed), "a change was not seen"


def _every_single_change(value: Any) -> list[Any]:
    """Every copy of a dataclass in which one field, at any depth, is another."""
    found = []
    for entry in fields(value):
        # These two follow from where the thing stands.
        if (type(value).__name__, entry.name) in {("Pattern", "id"), ("Deployment", "provider")}:
            continue
        current = getattr(value, entry.name)
        found += [replace(value, **{entry.name: other}) for other in _others(current)]
    return found


def _others(current: Any) -> list[Any]:
    if is_dataclass(current):
        return _every_single_change(current)
    match current:
        case tuple() if current:
            # A route has at least one attempt, so the last entry stays.
            shorter = [current[1:]] if len(current) > 1 else []
            return [*shorter, *((other, *current[1:]) for other in _others(current[0]))]
        case tuple():
            return []
        case Api():
            return [next(api for api in Api if api is not current)]
        case Lane():
            return [next(lane for lane in Lane if lane is not current)]
        case bool():
            return [not current]
        case int() | float():
            return [current + 1]
        case str():
            return [current + "x"]
        case _:
            return []
