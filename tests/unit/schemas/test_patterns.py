"""Regular expressions for the JSON Schemas."""

import re

import pytest

from schemas.patterns import in_any_case, up_to


@pytest.mark.parametrize("limit", [1, 2, 9, 10, 11, 99, 100, 101, 168, 999, 1000, 10080])
def test_every_number_up_to_a_limit(limit: int) -> None:
    """Exactly the numbers from 1 to the limit match."""
    pattern = re.compile(up_to(limit))
    assert [number for number in range(3 * limit + 20) if pattern.fullmatch(str(number))] == list(
        range(1, limit + 1)
    )


@pytest.mark.parametrize("limit", [65535, 604800, 604800000])
def test_edges_of_large_limits(limit: int) -> None:
    """Around the limit and around every power of ten below."""
    pattern = re.compile(up_to(limit))
    around = {
        limit,
        *(10**n for n in range(len(str(limit)) + 1)),
        *(limit // 10**n * 10**n for n in range(1, len(str(limit)))),
    }
    for number in {edge + step for edge in around for step in range(-11, 12)}:
        assert bool(pattern.fullmatch(str(number))) is (1 <= number <= limit), number


def test_no_leading_zeros_and_nothing_else() -> None:
    """Zeros in front, signs and letters are for the caller to allow."""
    for text in ("", "0", "00", "01", "+1", "-1", "1 ", "1x"):
        assert re.fullmatch(up_to(100), text) is None


def test_any_case() -> None:
    """Letters of either case, and other characters as they are."""
    pattern = re.compile(in_any_case("X-Api"))
    assert all(pattern.fullmatch(text) for text in ("x-api", "X-API", "x-aPi"))
    assert not pattern.fullmatch("x_api")
