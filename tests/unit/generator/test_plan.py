"""A plan as text and as data."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings

from generator.diff import Effect
from generator.plan import plan, text
from generator.topology import Target, Topology
from tests.topologies import shipped_topology, topologies, topology_of


def test_no_changes(root: Path) -> None:
    """The same topology needs nothing."""
    topology = shipped_topology(root)
    found = plan(topology, topology)
    assert found.changes == ()
    assert found.effect is None
    assert text(found) == "no changes"


def test_changes_are_a_line_each(root: Path) -> None:
    """Additions, removals and changes have a sign, both values, and what they need; the last line sums up."""
    before = shipped_topology(root)
    tiny = next(model for model in before.models if model.name == "tiny")
    models = tuple(m for m in before.models if m.name not in {"tiny", "tiny-litellm"})
    after = replace(
        before,
        models=(*models, replace(tiny, description="small", targets=(Target("embedded", "tiny", 7),))),
        listen_address="::1",
    )
    found = plan(before, after)
    assert found.effect is Effect.RESTART
    assert text(found) == (
        "~ listener: address: 127.0.0.1:4000 -> [::1]:4000  [restart]\n"
        "~ model tiny: targets: embedded/tiny -> embedded/tiny x7  [litellm]\n"
        "~ model tiny: description: The model that ships with Portico, straight from llama.cpp -> small  [hot]\n"
        "- model tiny-litellm: embedded/tiny  [litellm]\n"
        "\n"
        "4 changes; the gateway has to start again"
    )


def test_a_first_start_is_a_plan_like_any_other() -> None:
    """From nothing, the plan lists everything, without effects that would mean nothing yet."""
    topology = topology_of(
        "version: 1\nproviders:\n  one:\n    engine: ollama\n    endpoints: ['http://127.0.0.1:1']\n    models: {m: {}}\n",
        "version: 1\nmodels:\n  m:\n    targets: [{provider: one, model: m}]\n",
    )
    assert text(plan(None, topology)) == (
        "+ listener: 127.0.0.1:4000\n"
        "+ control port: 4001\n"
        "+ litellm workers: 1\n"
        "+ log: info\n"
        "+ provider one: ollama\n"
        "+ deployment one/m: chat, completion\n"
        "+ model m: one/m\n"
        "+ unknown names: rejected\n"
        "\n"
        "first start: 8 things to set up"
    )


@settings(max_examples=30, deadline=None)
@given(topologies(), topologies())
def test_text_has_a_line_per_change(before: Topology, after: Topology) -> None:
    """Whatever stands in names and descriptions, a change is one line and no longer than a screen can take."""
    found = plan(before, after)
    lines = text(found).split("\n")
    if found.changes:
        assert len(lines) == len(found.changes) + 2
        assert all(line[:2] in {"+ ", "- ", "~ "} for line in lines[: len(found.changes)])
        assert max(map(len, lines)) < 600
