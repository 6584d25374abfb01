"""`unknown-category`."""

from tests.findings import diagnostics_of, findings


def test_a_category_without_range() -> None:
    """Ranges have to exist."""
    found = findings("unknown-category", ports="services: {x: {port: 1, category: nope}}")
    assert found == ["error ports.yaml:2:35 `nope` is not a range"]


def test_a_typo() -> None:
    """The nearest range is suggested."""
    ports = "ranges: {engines: {first: 1, last: 9}}\nservices: {x: {port: 1, category: engine}}"
    assert [d.hint for d in diagnostics_of("unknown-category", ports=ports)] == ["did you mean `engines`?"]


def test_known_or_none() -> None:
    """A known category, and none at all."""
    ports = "ranges: {e: {first: 1, last: 9}}\nservices: {x: {port: 1, category: e}, y: {port: 2}}"
    assert not findings("unknown-category", ports=ports)
