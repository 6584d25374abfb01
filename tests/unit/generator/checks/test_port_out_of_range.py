"""`port-out-of-range`."""

import pytest

from tests.findings import diagnostics_of, findings

RANGES = "ranges:\n  low: {first: 1000, last: 1009}\n  high: {first: 2000, last: 2009}\n"


@pytest.mark.parametrize("port", [1000, 1005, 1009])
def test_inside(port: int) -> None:
    """Both ends belong to the range."""
    assert not findings(
        "port-out-of-range", ports=RANGES + f"services: {{x: {{port: {port}, category: low}}}}"
    )


@pytest.mark.parametrize("port", [999, 1010, 2000])
def test_outside(port: int) -> None:
    """The message has the range."""
    found = findings("port-out-of-range", ports=RANGES + f"services: {{x: {{port: {port}, category: low}}}}")
    assert found == [f"error ports.yaml:5:22 port {port} is outside of `low`, which is 1000 to 1009"]


def test_the_range_it_lies_in() -> None:
    """The hint names the category the port belongs to."""
    (found,) = diagnostics_of(
        "port-out-of-range", ports=RANGES + "services: {x: {port: 2001, category: low}}"
    )
    assert found.hint == "that port belongs to `high` (ports.yaml:4)"


def test_without_category_or_range() -> None:
    """No category, nothing to check; a category without range is `unknown-category`."""
    assert not findings(
        "port-out-of-range", ports=RANGES + "services: {x: {port: 5}, y: {port: 6, category: none}}"
    )
