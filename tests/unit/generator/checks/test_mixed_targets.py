"""`mixed-targets`."""

from typing import Any

from generator.checks.mixed_targets import CHECK
from tests.subjects import find, places, provider, to

CAPABLE: dict[str, Any] = {
    "chat": {"capabilities": ["chat"]},
    "same": {"capabilities": ["chat"]},
    "tools": {"capabilities": ["chat", "tools"]},
    "vision": {"capabilities": ["chat", "vision"]},
}


def _find(*targets: str) -> list[tuple[str | int, ...]]:
    return places(find(CHECK, {"p": provider(models=CAPABLE)}, {"a": to(*targets)}))


def test_every_target_that_lacks_something_is_told() -> None:
    """Compared with what all targets can do together."""
    assert _find("p/chat", "p/tools") == [("models", "a", "targets", 0, "model")]
    assert len(_find("p/tools", "p/vision")) == 2


def test_equal_targets_and_those_without_weight_are_fine() -> None:
    """A target with weight 0 gets no requests."""
    assert _find("p/chat", "p/same") == []
    assert _find("p/tools") == []
    assert _find("p/tools", "p/chat*0") == []


def test_unknown_targets_are_left_to_other_checks() -> None:
    """What they can do is not known."""
    assert _find("p/tools", "p/unknown", "q/chat") == []
