"""Ports: free ones are found, and who holds a taken one is named."""

import os
import socket
import subprocess
import sys

import pytest

from portico.errors import CannotStart, ResourceTaken
from portico.identity import name_of
from portico.ports import find_holder, free_port, listen, require_free

LISTEN = """
import socket, sys, time
opened = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
opened.bind((sys.argv[1], 0))
opened.listen()
print(opened.getsockname()[1], flush=True)
time.sleep(60)
"""


def test_a_free_port_is_free() -> None:
    """What was called free can be listened on."""
    require_free("127.0.0.1", free_port())


@pytest.mark.parametrize(
    ("theirs", "ours"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0")]
)
def test_another_process_is_named(theirs: str, ours: str) -> None:
    """The refusal holds the id and the name of the process that listens, whichever address either of both means."""
    with subprocess.Popen([sys.executable, "-c", LISTEN, theirs], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        try:
            with pytest.raises(ResourceTaken) as refused:
                require_free(ours, port)
            assert str(refused.value) == f"port {port} is taken by pid {other.pid} ({name_of(other.pid)})"
            assert refused.value.exit_code == 6
        finally:
            other.kill()


def test_a_shared_port_counts_as_taken() -> None:
    """A listener with SO_REUSEPORT, such as another Envoy, is found although the system would share the port."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ResourceTaken, match=f"pid {os.getpid()} "):
            require_free("127.0.0.1", other.getsockname()[1])


def test_ipv6_listeners_are_found() -> None:
    """The holder of a port on ::1 is named too."""
    try:
        with listen("::1", 0) as opened:
            holder = find_holder(opened.getsockname()[1])
            assert holder is not None
            assert holder.pid == os.getpid()
    except CannotStart:
        assert not socket.has_dualstack_ipv6(), "::1 cannot be listened on although the system has IPv6"


def test_nobody_holds_a_free_port() -> None:
    """No process is blamed for a port that none listens on."""
    assert find_holder(free_port()) is None


def test_an_address_of_another_machine_is_refused() -> None:
    """An address that this machine does not have is no taken port."""
    with pytest.raises(CannotStart, match=r"192\.0\.2\.1 port"):
        require_free("192.0.2.1", free_port())
