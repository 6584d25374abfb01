"""`duplicate-endpoint`."""

import pytest

from tests.findings import findings


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://gpu:80", "http://GPU/"),
        ("https://gpu", "https://gpu:443"),
        ("http://gpu:8000", "http://gpu.:8000"),
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://localhost:8000"),
        ("http://[0:0::1]:8000/x", "http://[::1]:8000/x/"),
        ("http://[::ffff:127.0.0.1]:8000", "http://127.0.0.1:8000"),
        ("http://0.0.0.0:8000", "http://127.0.0.1:8000"),
    ],
)
def test_two_ways_to_write_one_address(first: str, second: str) -> None:
    """Default ports, case, final dots and slashes, and the names of loopback make no difference."""
    found = findings(
        "duplicate-endpoint",
        providers=f"providers: {{a: {{engine: vllm, endpoints: ['{first}', '{second}']}}}}",
    )
    assert [line.split(" ", 2)[2] for line in found] == [f"`{second}` is the address of `{first}` once more"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://gpu:8000", "http://gpu:8001"),
        ("http://gpu:8000/a", "http://gpu:8000/b"),
        ("http://gpu:8000/a", "http://gpu:8000/A"),
        ("http://127.0.0.1:8000", "http://127.0.0.2:8000"),
        ("http://gpu", "https://gpu"),
    ],
)
def test_different_addresses(first: str, second: str) -> None:
    """Another port, prefix or host is another server."""
    assert not findings(
        "duplicate-endpoint",
        providers=f"providers: {{a: {{engine: vllm, endpoints: ['{first}', '{second}']}}}}",
    )


def test_every_repetition_points_to_the_first() -> None:
    """Three times the same address are two findings."""
    found = findings(
        "duplicate-endpoint",
        providers="""
        providers:
          a:
            engine: vllm
            endpoints:
              - http://gpu:8000
              - http://gpu:8000/
              - http://GPU:8000
        """,
    )
    assert [line.split()[1] for line in found] == ["providers.yaml:8:9", "providers.yaml:9:9"]
