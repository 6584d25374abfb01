"""`no-lane`."""

from typing import Any

import pytest

from generator.checks.no_lane import CHECK
from tests.subjects import find, places, provider, to

OFF = {"litellm": {"workers": 0}}


def _find(engine: str, capabilities: list[str], *, lane: str = "auto", **keys: Any) -> list[str]:
    entry = provider(engine=engine, models={"m": {"capabilities": capabilities}})
    found = find(CHECK, {"p": entry}, {"a": to("p/m", lane=lane)}, **keys)
    assert places(found) in ([], [("models", "a", "targets", 0)])
    return [finding.message for finding in found]


@pytest.mark.parametrize(
    ("engine", "capabilities", "lane"),
    [
        ("ollama", ["rerank"], "auto"),
        ("ollama", ["rerank"], "direct"),
        ("tgi", ["embedding"], "direct"),
        ("openai", ["chat"], "direct"),
        ("vllm", ["tools", "vision"], "auto"),
    ],
)
def test_a_target_that_no_lane_leads_to_is_told(engine: str, capabilities: list[str], lane: str) -> None:
    """Its engine has no API for what the model can do, on the lanes that may be taken."""
    (message,) = _find(engine, capabilities, lane=lane)
    assert "on no API" in message


@pytest.mark.parametrize(("engine", "lane"), [("openai", "auto"), ("openai", "litellm"), ("vllm", "litellm")])
def test_what_needs_litellm_is_told_when_it_is_off(engine: str, lane: str) -> None:
    """With the setting that switched it off."""
    (message,) = _find(engine, ["chat"], lane=lane, gateway=OFF)
    assert "`litellm.workers: 0` switches off" in message


@pytest.mark.parametrize(
    ("engine", "capabilities", "lane"),
    [
        ("ollama", ["chat"], "direct"),
        ("openai", ["chat"], "auto"),
        ("vllm", ["rerank"], "auto"),
        ("ollama", ["chat", "rerank"], "auto"),
    ],
)
def test_one_api_on_one_lane_is_enough(engine: str, capabilities: list[str], lane: str) -> None:
    """What else the model cannot do there is a warning of another check."""
    assert _find(engine, capabilities, lane=lane) == []
    assert engine == "openai" or _find(engine, capabilities, lane=lane, gateway=OFF) == []


def test_a_pattern_to_a_cloud_provider_needs_litellm() -> None:
    """A local engine can be reached without."""
    patterns = [{"match": "a", "provider": "p"}, {"match": "b", "provider": "q"}]
    providers = {"p": provider(engine="openai"), "q": provider()}
    assert places(find(CHECK, providers, patterns=patterns, gateway=OFF)) == [("patterns", 0, "provider")]
    assert not find(CHECK, providers, patterns=patterns)


def test_targets_without_weight_or_known_to_be_wrong_are_left_alone() -> None:
    """Disabled and unknown ones have codes of their own."""
    rerank = {"m": {"capabilities": ["rerank"]}}
    providers = {
        "p": provider(engine="ollama", models=rerank),
        "off": provider(engine="ollama", models=rerank, status="disabled"),
        "odd": provider(engine="unknown", models=rerank),
    }
    models = {"a": to("p/m*0", "off/m", "odd/m", "odd/x", "nobody/m")}
    patterns = [{"match": "b", "provider": "nobody"}, {"match": "c", "provider": "odd"}]
    assert not find(CHECK, providers, models, patterns=patterns, gateway=OFF)
