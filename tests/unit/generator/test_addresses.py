"""What addresses have to do with each other."""

import pytest

from generator.addresses import canonical, is_loopback, is_private, is_this_machine, is_unspecified, overlap


@pytest.mark.parametrize(
    ("host", "form"),
    [
        ("GPU.Example.", "gpu.example"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("::FFFF:127.0.0.1", "127.0.0.1"),
        ("FD00:0::5", "fd00::5"),
        ("api.localhost", "localhost"),
        ("127.0.0.01", "127.0.0.01"),
        ("300.1.1.1", "300.1.1.1"),
    ],
)
def test_canonical(host: str, form: str) -> None:
    """One way to write a host; what is no IP address is a name."""
    assert canonical(host) == form


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("0.0.0.0", "127.0.0.1", 1),
        ("0.0.0.0", "127.0.0.2", 1),
        ("0.0.0.0", "192.168.1.1", 1),
        ("0.0.0.0", "::1", 0),
        ("0.0.0.0", "localhost", 1),
        ("::", "127.0.0.1", 1),
        ("::", "::1", 1),
        ("::", "0.0.0.0", 1),
        ("::", "localhost", 1),
        ("::", "gpu.example", 0),
        ("127.0.0.1", "127.0.0.1", 1),
        ("127.0.0.1", "127.0.0.2", 0),
        ("127.0.0.1", "::1", 0),
        ("127.0.0.1", "localhost", 1),
        ("::1", "localhost", 1),
        ("127.0.0.2", "localhost", 0),
        ("gpu.example", "gpu.example", 1),
        ("gpu.example", "localhost", 0),
        ("gpu.example", "0.0.0.0", 0),
    ],
)
def test_overlap(one: str, other: str, meet: int) -> None:
    """Two sockets on one port meet where one address includes the other, whichever is named first."""
    assert overlap(one, other) is bool(meet)
    assert overlap(other, one) is bool(meet)


def test_this_machine() -> None:
    """Loopback and what stands for every address are this machine; private addresses may be another."""
    assert [
        host
        for host in ("127.8.8.8", "::1", "localhost", "LOCALHOST.", "gpu", "10.0.0.1")
        if is_loopback(host)
    ] == [
        "127.8.8.8",
        "::1",
        "localhost",
        "LOCALHOST.",
    ]
    assert [host for host in ("0.0.0.0", "::", "0::0", "127.0.0.1", "gpu") if is_unspecified(host)] == [
        "0.0.0.0",
        "::",
        "0::0",
    ]
    assert is_this_machine("::")
    assert is_this_machine("localhost")
    assert not is_this_machine("192.168.0.1")


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("172.16.0.1", 1), ("172.15.255.255", 0), ("172.32.0.0", 0), ("192.168.0.0", 1), ("192.169.0.0", 0), ("11.0.0.0", 0),
        ("100.63.0.1", 0), ("100.127.0.1", 1), ("fdff::1", 1), ("fe00::1", 0), ("fe80::1", 1), ("2001:db8::1", 0),
        ("::ffff:8.8.8.8", 0), ("::ffff:10.0.0.1", 1), ("gpu", 1), ("gpu.local", 1), ("local", 1), ("gpu.localx", 0), ("x.internal.", 1),
        ("internal.example", 0),
    ],
)  # fmt: skip
def test_private(host: str, private: int) -> None:
    """The edges of every network, and endings of names as whole labels."""
    assert is_private(host) is bool(private)
