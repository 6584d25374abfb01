"""The real Envoy accepts every rendered tree, strictly: an unknown field refuses it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.render.envoy.names import CDS_PATH, RDS_PATH
from portico.binaries import envoy_program
from portico.envoy import PREFIX, validate
from portico.errors import CannotStart

CASES = Path(__file__).resolve().parents[1] / "cases"
TREES = [*sorted(path.parent for path in CASES.glob("good/*/out/envoy")), CASES / "shipped"]


def _artifacts(tree: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    "tree", TREES, ids=lambda tree: tree.parent.name if tree.name == "out" else tree.name
)
def test_envoy_accepts_the_tree(tree: Path) -> None:
    """What is kept in git is what Envoy can run."""
    validate(envoy_program(), _artifacts(tree))


def test_a_broken_tree_is_refused() -> None:
    """The validation can fail: a field that Envoy does not know is refused in its own words."""
    artifacts = _artifacts(CASES / "good" / "one-ollama" / "out")
    routes = artifacts[PREFIX + RDS_PATH].replace(b'"num_retries"', b'"numb_retries"')
    with pytest.raises(CannotStart, match="numb_retries"):
        validate(envoy_program(), {**artifacts, PREFIX + RDS_PATH: routes})


@pytest.mark.parametrize(
    "tree", TREES, ids=lambda tree: tree.parent.name if tree.name == "out" else tree.name
)
def test_every_cluster_that_is_named_exists(tree: Path) -> None:
    """Envoy does not look inside a chain of attempts for clusters that are missing, so this does."""
    artifacts = _artifacts(tree)
    clusters = {entry["name"] for entry in json.loads(artifacts[PREFIX + CDS_PATH])["resources"]}
    named = set(_values(json.loads(artifacts[PREFIX + RDS_PATH]), {"cluster_name", "cluster"}))
    assert named
    assert named <= clusters


def _values(node: Any, keys: set[str]) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key in keys and isinstance(value, str))
        for child in node.values():
            yield from _values(child, keys)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child, keys)
