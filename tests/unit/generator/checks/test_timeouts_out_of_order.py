"""`timeouts-out-of-order`."""

import pytest

from tests.findings import findings


def _provider(timeouts: str, gateway: str | None = None, more: str = "") -> list[str]:
    providers = f"providers:\n  a:\n    engine: vllm\n    endpoints: ['http://gpu:1']\n    timeouts: {{{timeouts}}}{more}"
    return findings("timeouts-out-of-order", providers=providers, gateway=gateway)


def test_defaults_are_in_order() -> None:
    """Nothing given, nothing said."""
    assert not _provider("")


@pytest.mark.parametrize(
    ("timeouts", "longer"),
    [
        ("connect: 11m", "connect"),
        ("first_token: 2h", "first_token"),
        ("idle: 91m", "idle"),
        ("request: 1h, first_token: 2h", "first_token"),
        ("connect: 20s, first_token: 10s", "connect"),
        ("request: 1h, idle: 61m", "idle"),
        ("connect: 3h, first_token: 10m", "connect"),
    ],
)
def test_a_limit_that_never_acts(timeouts: str, longer: str) -> None:
    """The longer one is told, once, where it is given."""
    found = _provider(timeouts)
    assert len(found) == 1
    assert f"`{longer}` (" in found[0]
    assert found[0].startswith("warning providers.yaml:6:")


def test_a_short_request_over_longer_defaults_is_a_note() -> None:
    """The request's own limit acts, so nothing is wrong; the defaults above it are mentioned."""
    assert _provider("request: 1m") == [
        "info providers.yaml:6:25 `first_token` (10m, the default) can never be reached: `request` (1m) ends the request before",
        "info providers.yaml:6:25 `idle` (10m, the default) can never be reached: `request` (1m) ends the request before",
    ]


def test_equal_limits_are_in_order() -> None:
    """The same length is not longer, in whatever unit."""
    assert not _provider("first_token: 60m, request: 1h, idle: 3600s, connect: 3600000ms")


def test_defaults_of_the_gateway() -> None:
    """They are told once, in gateway.yaml, and not for each provider."""
    found = _provider("", gateway="timeouts:\n  first_token: 2h\n  request: 1h")
    assert found == [
        "warning gateway.yaml:3:16 `first_token` (2h) can never be reached: `request` (1h) ends the request before"
    ]


def test_a_provider_against_the_gateways_defaults() -> None:
    """What a provider does not give comes from gateway.yaml."""
    assert not _provider("first_token: 2h", gateway="timeouts: {request: 3h}")
    assert len(_provider("first_token: 4h", gateway="timeouts: {request: 3h}")) == 1


@pytest.mark.parametrize(
    ("health", "count"),
    [
        ("timeout: 11s", 1),
        ("interval: 999ms", 1),
        ("interval: 1s, timeout: 1s", 0),
        ("interval: 5s, timeout: 6000ms", 1),
    ],
)
def test_a_probe_longer_than_its_interval(health: str, count: int) -> None:
    """A probe's timeout belongs below its interval, defaults included."""
    found = _provider("", more=f"\n    health: {{{health}}}")
    assert len(found) == count
    assert all("providers.yaml:7:" in line for line in found)


def test_unused_providers() -> None:
    """Limits of what is not used are left alone."""
    assert not _provider("connect: 3h, first_token: 10m", more="\n    status: disabled")


def test_where_the_other_limit_comes_from() -> None:
    """A limit that stands in gateway.yaml is told apart from a default."""
    assert (
        "`request` (3h, from gateway.yaml)"
        in _provider("first_token: 4h", gateway="timeouts: {request: 3h}")[0]
    )
    assert "`request` (90m, the default)" in _provider("first_token: 4h", gateway="timeouts: {idle: 1m}")[0]
