"""`unroutable-model`."""

import pytest

from generator.checks.unroutable_model import CHECK
from tests.subjects import Entry, find, places, provider, to

NAME = "responses/m"
P = {"p": provider(NAME)}
TARGET = ("models", "x", "targets", 0, "model")


@pytest.mark.parametrize("lane", ["auto", "litellm"])
def test_a_name_that_litellm_cuts_is_told(lane: str) -> None:
    """Where LiteLLM is the lane, and where it is the last resort."""
    assert places(find(CHECK, P, {"x": to(f"p/{NAME}", lane=lane)})) == [TARGET]


def test_litellm_reaches_the_fallbacks_of_a_model_itself() -> None:
    """`lane: direct` of a fallback does not keep LiteLLM away from it where it may be asked for the model before."""
    models = {"x": to(f"p/{NAME}", lane="direct"), "y": to("p/n", fallbacks=["a"])}
    (found,) = find(CHECK, {"p": provider(NAME, "n")}, models, aliases={"a": "x"})
    assert found.at.keys == TARGET
    assert found.related is not None
    assert found.related.keys == ("models", "y")


@pytest.mark.parametrize(
    ("providers", "models", "workers"),
    [
        (P, {"x": to(f"p/{NAME}", lane="direct")}, 1),
        (P, {"x": to(f"p/{NAME}")}, 0),
        ({"p": provider(NAME, engine="openai", endpoints=[])}, {"x": to(f"p/{NAME}")}, 1),
        ({"p": provider("my-responses/m")}, {"x": to("p/my-responses/m")}, 1),
        (P, {"x": to(f"p/{NAME}*0", "p/q")}, 1),
        ({"p": provider(NAME, status="disabled")}, {"x": to(f"p/{NAME}")}, 1),
    ],
    ids=["direct", "no-litellm", "cloud", "inside", "weight-0", "disabled"],
)
def test_where_litellm_is_not_asked_the_name_is_free(providers: Entry, models: Entry, workers: int) -> None:
    """And for clouds, where LiteLLM documents the prefix as a way to say which API it is to ask."""
    assert not find(CHECK, providers, models, gateway={"litellm": {"workers": workers}})
