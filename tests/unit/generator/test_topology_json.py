"""A topology survives being written down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from generator.topology import Topology
from generator.topology_json import FORMAT, NotATopology, topology_from_json, topology_to_json
from tests.topologies import shipped_topology, topologies


@settings(max_examples=60, deadline=None)
@given(topologies())
def test_nothing_is_lost(topology: Topology) -> None:
    """What is read back equals what was written, and is written the same again."""
    data = topology_to_json(topology)
    assert topology_from_json(data) == topology
    assert topology_to_json(topology_from_json(data)) == data


def test_every_model_has_a_line(root: Path) -> None:
    """A reviewer sees one changed line per changed model."""
    topology = shipped_topology(root)
    lines = topology_to_json(topology).decode().splitlines()
    for model in topology.models:
        assert sum(line.startswith(f'  {{"name": "{model.name}", "description"') for line in lines) == 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda t: t.pop("workers"), "topology is not a Topology"),
        (lambda t: t.update(surprise=1), "topology is not a Topology"),
        (lambda t: t.update(workers="1"), "topology.workers is not a int"),
        (lambda t: t.update(workers=True), "topology.workers is not a int"),
        (lambda t: t.update(models={}), "topology.models is not a list"),
        (
            lambda t: t["providers"][0].update(speaks=["/v1/nope"]),
            "topology.providers[0].speaks[0] is not a Api",
        ),
        (lambda t: t["providers"][0].update(api_key="x"), "topology.providers[0].api_key is not a Secret"),
    ],
)
def test_another_shape_is_refused(root: Path, change: Callable[[dict[str, Any]], object], what: str) -> None:
    """A file that this version did not write is named with the place that does not fit, and never half read."""
    value = json.loads(topology_to_json(shipped_topology(root)))
    change(value["topology"])
    with pytest.raises(NotATopology) as caught:
        topology_from_json(json.dumps(value).encode())
    assert str(caught.value) == what


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\xff", b'{"format": 0, "topology": {}}', b"[" * 100_000]
)
def test_what_is_no_topology_is_refused(data: bytes) -> None:
    """Anything else is refused, whatever the bytes."""
    with pytest.raises(NotATopology):
        topology_from_json(data)


def test_another_format_is_refused(root: Path) -> None:
    """A number is what tells another version's file from a damaged one."""
    value = json.loads(topology_to_json(shipped_topology(root))) | {"format": FORMAT + 1}
    with pytest.raises(NotATopology, match="format"):
        topology_from_json(json.dumps(value).encode())
