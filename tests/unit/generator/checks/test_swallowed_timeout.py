"""`swallowed-timeout`."""

from typing import Any

from generator.checks.swallowed_timeout import CHECK
from tests.subjects import provider, subject, to

SHORT: dict[str, Any] = {"timeouts": {"first_token": "1m"}}


def _messages(models: dict[str, Any], **mappings: Any) -> list[str]:
    providers = {
        "quick": provider("m", **SHORT),
        "slow": provider("m"),
        "equal": provider("m", timeouts={"first_token": "60s"}),
    }
    return [finding.message for finding in CHECK.find(subject(providers, models, **mappings))]


def test_a_fallback_with_more_time_swallows_the_limit() -> None:
    """The route waits as long as the slowest provider of the chain may take."""
    found = _messages({"a": to("quick/m", fallbacks=["b"]), "b": to("slow/m")})
    assert found == ["`first_token` (1m) never acts: `slow` has a longer one wherever `quick` is asked"]


def test_another_target_swallows_it_too() -> None:
    """Targets of one model are attempts of one request."""
    assert len(_messages({"a": to("quick/m", "slow/m")})) == 1


def test_one_chain_in_which_it_acts_is_enough() -> None:
    """A second model that leads to the provider alone is bounded by the limit."""
    assert not _messages({"a": to("quick/m", fallbacks=["b"]), "b": to("slow/m"), "c": to("quick/m")})


def test_equal_limits_act() -> None:
    """One minute is sixty seconds."""
    assert not _messages({"a": to("quick/m", "equal/m")})


def test_a_target_without_weight_swallows_nothing() -> None:
    """It gets no request."""
    assert not _messages({"a": to("quick/m", "slow/m*0")})


def test_a_pattern_leads_to_the_provider_alone() -> None:
    """Requests that come by the pattern are bounded by the limit."""
    models = {"a": to("quick/m", "slow/m")}
    assert not _messages(models, patterns=[{"match": "q/(.+)", "provider": "quick", "model": "\\1"}])


def test_a_provider_that_nothing_leads_to_is_no_matter() -> None:
    """Other checks tell about it."""
    assert not _messages({"a": to("slow/m")})
