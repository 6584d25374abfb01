"""`overlapping-ranges`."""

from tests.findings import findings


def _ranges(*spans: tuple[int, int]) -> list[str]:
    lines = [f"  r{index}: {{first: {first}, last: {last}}}" for index, (first, last) in enumerate(spans)]
    return findings("overlapping-ranges", ports="\n".join(["ranges:", *lines]))


def test_partly() -> None:
    """The shared ports are named."""
    assert _ranges((1, 10), (8, 20)) == ["warning ports.yaml:4:3 `r1` shares ports 8 to 10 with `r0`"]


def test_one_port() -> None:
    """Both ends belong to a range."""
    assert _ranges((10, 20), (1, 10)) == ["warning ports.yaml:3:3 `r0` shares port 10 with `r1`"]


def test_one_in_another() -> None:
    """A wide range is remembered past a narrow one inside it."""
    assert _ranges((1, 100), (5, 6), (50, 60)) == [
        "warning ports.yaml:4:3 `r1` shares ports 5 to 6 with `r0`",
        "warning ports.yaml:5:3 `r2` shares ports 50 to 60 with `r0`",
    ]


def test_side_by_side() -> None:
    """Neighbours share nothing."""
    assert not _ranges((1, 10), (11, 20), (21, 21))
