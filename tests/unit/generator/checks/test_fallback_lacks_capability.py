"""`fallback-lacks-capability`."""

from typing import Any

from generator.checks.fallback_lacks_capability import CHECK
from schemas.diagnostics import Finding, Severity
from tests.subjects import find, provider, to


def _find(own: list[str], other: list[str], **keys: Any) -> list[Finding]:
    entry = provider(models={"m": {"capabilities": own}, "n": {"capabilities": other}})
    return find(CHECK, {"p": entry}, {"a": to("p/m", fallbacks=["b"]), "b": to("p/n")}, **keys)


def test_a_lacking_capability_is_a_warning_that_names_it() -> None:
    """In the order of the schema, whatever the order in the file."""
    (found,) = _find(["vision", "tools", "chat"], ["chat"])
    assert found.severity is None
    assert "lacks `tools`, `vision`" in found.message


def test_a_fallback_on_no_common_api_is_an_error() -> None:
    """No request can ever be passed on to it."""
    (found,) = _find(["chat", "completion"], ["embedding"])
    assert found.severity is Severity.ERROR


def test_a_fallback_that_can_do_more_is_fine() -> None:
    """Only what is lost counts."""
    assert not _find(["chat"], ["chat", "tools", "embedding"])
    assert not _find(["rerank"], ["rerank"])


def test_a_capability_of_one_target_counts_for_the_model() -> None:
    """As in what `/v1/models` says; targets that differ have a check of their own. Weight 0 does not count."""
    entry = provider(models={"m": {"capabilities": ["chat", "tools"]}, "n": {"capabilities": ["chat"]}})
    assert not find(CHECK, {"p": entry}, {"a": to("p/m", fallbacks=["b"]), "b": to("p/m", "p/n")})
    assert find(CHECK, {"p": entry}, {"a": to("p/m", fallbacks=["b"]), "b": to("p/m*0", "p/n")})


def test_what_is_unknown_is_left_to_other_checks() -> None:
    """Unknown fallbacks, models and the model itself."""
    assert not find(CHECK, None, {"a": to("p/m", fallbacks=["x", "a", "b"]), "b": to("p/unknown")})
