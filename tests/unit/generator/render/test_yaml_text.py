"""YAML as LiteLLM's reader takes it."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.render.yaml_text import yaml_text

_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), _text, st.decimals(0, 9999, places=9).map(float)
)
_data = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_text, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(_text, _data, max_size=4))
def test_pyyaml_reads_back_what_was_written(data: dict[str, Any]) -> None:
    """Whatever the text, LiteLLM's reader sees the same data: no string becomes a number, a boolean or a date."""
    text = yaml_text(data)
    assert (yaml.safe_load(text) or {}) == data


def test_small_numbers_have_a_dot_and_no_exponent() -> None:
    """PyYAML takes 1e-06 for text."""
    assert yaml_text({"cost": 0.000001, "limit": 600.0}) == '"cost": 0.000001\n"limit": 600.0\n'


def test_nested_blocks_are_readable() -> None:
    """A person can read the file."""
    data = {"models": [{"name": "a", "params": {"tags": ["x", "y"], "none": []}}]}
    expected = '"models":\n  - "name": "a"\n    "params":\n      "tags":\n        - "x"\n        - "y"\n      "none": []\n'
    assert yaml_text(data) == expected
