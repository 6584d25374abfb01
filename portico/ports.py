"""TCP ports: a free one, and who holds one that is not."""

import errno
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portico.errors import CannotStart, ResourceTaken
from portico.identity import name_of

LISTENING = "0A"
"""TCP_LISTEN in the state column of /proc/net/tcp (proc_pid_net(5))."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that listens on a port."""

    pid: int
    name: str


def free_port(address: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket(_family(address)) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port


def listen(address: str, port: int) -> socket.socket:
    """A listening socket. Raises `ResourceTaken`, naming the process that listens there, or `CannotStart`.

    Addresses overlap as the system sees it: 0.0.0.0 is taken where 127.0.0.1 is, and the other way round.
    """
    opened = socket.socket(_family(address))
    try:
        # Connections that linger after a stop do not keep the port. Envoy's own SO_REUSEPORT would share it in silence with
        # a second Envoy; this socket is refused then, which is what finds it.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if opened.family == socket.AF_INET6:
            # As Envoy does: `::` leaves IPv4 to others.
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((address, port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            raise _taken(port) from error
        if error.errno == errno.EACCES:
            raise CannotStart(
                f"port {port} may not be listened on by this user", "ports below 1024 belong to root"
            ) from error
        raise CannotStart(f"{address} port {port} cannot be listened on: {error.strerror}") from error
    return opened


def require_free(address: str, port: int) -> None:
    """Raises as `listen` does where another process listens on the port."""
    listen(address, port).close()


def find_holder(port: int) -> Holder | None:
    """The process that listens on a TCP port of any address; None where there is none or it belongs to another user."""
    pids = _pids_of_linux(port) if sys.platform == "linux" else _pids_of_lsof(port)
    pid = next(pids, None)
    return None if pid is None else Holder(pid, name_of(pid))


def _taken(port: int) -> ResourceTaken:
    holder = find_holder(port)
    who = "another process (of another user)" if holder is None else f"pid {holder.pid} ({holder.name})"
    return ResourceTaken(f"port {port} is taken by {who}", "stop it, or choose another port in gateway.yaml")


def _pids_of_linux(port: int) -> Iterator[int]:
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not inodes:
        return
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if any(str(descriptor.readlink()) in inodes for descriptor in (process / "fd").iterdir()):
                yield int(process.name)
        except OSError:
            # Gone in between, or another user's.
            continue


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except FileNotFoundError:
            # A kernel without IPv6.
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _pids_of_lsof(port: int) -> Iterator[int]:
    command = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fp"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        # Without the program the holder stays unnamed; the port is taken all the same.
        return
    yield from (int(line[1:]) for line in shown.splitlines() if line.startswith("p"))


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
