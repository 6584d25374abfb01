"""`unsendable-name`."""

import pytest

from generator.checks.unsendable_name import CHECK
from tests.subjects import find, places, provider, to


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("", "is empty"),
        (" a", "starts or ends with a space"),
        ("a\u00a0", "starts or ends with a space"),
        ("a\nb", "control character"),
        ("a\tb", "control character"),
        ("a\x7fb", "control character"),
        ("a\x85b", "control character"),
        ("a\u2028b", "control character"),
        ("a\u200bb", "cannot be seen"),
        ("a\u202eb", "cannot be seen"),
        ("x" * 257, "has 257 bytes"),
        ("é" * 129, "has 258 bytes"),
    ],
)
def test_a_name_that_cannot_travel_is_told_for_models_and_aliases(name: str, part: str) -> None:
    """The message shows it escaped and shortened."""
    found = find(CHECK, None, {name: to("p/m")}) + find(CHECK, None, {"m": to("p/m")}, aliases={name: "m"})
    assert places(found) == [("models", name), ("aliases", name)]
    assert all(part in finding.message and len(finding.message) < 130 for finding in found)
    assert all(finding.message.isprintable() for finding in found)


@pytest.mark.parametrize(
    "name", ["a", "a b", "org/model:8b-q4_K_M", "模型", "é" * 128, "x" * 256, "🚀", '"quoted"\\', "%20"]
)
def test_other_names_can_be_sent(name: str) -> None:
    """UTF-8 travels in header values, and spaces inside are kept."""
    assert not find(CHECK, {"p": provider(name)}, {name: to(f"p/{name}")})


def test_engines_names_and_rewrites_are_looked_at() -> None:
    """They travel in headers as well."""
    found = find(CHECK, {"p": provider("a\nb")}, patterns=[{"match": "x", "provider": "p", "model": "y "}])
    assert places(found) == [("providers", "p", "models", "a\nb"), ("patterns", 0, "model")]
