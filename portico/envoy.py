"""Envoy: its live files, its process, its admin API (https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin)."""

import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import certifi

from generator.release import Artifacts
from generator.render.envoy.endpoints import litellm_endpoints
from generator.render.envoy.flatten import flatten
from generator.render.envoy.names import (
    CDS_PATH,
    LDS_PATH,
    LITELLM,
    RDS_PATH,
    eds_path,
    header_secret,
    secret_path,
)
from generator.render.envoy.xds import discovery, typed
from generator.topology import Secret, Topology
from portico.durable import make_folders, replace_file
from portico.errors import CannotStart
from portico.process import Command
from portico.secrets import SecretValue

PREFIX = "envoy/"
"""Where a release holds what Envoy reads."""

ORDER = ("xds/eds/", CDS_PATH, RDS_PATH, LDS_PATH, "")
"""
The order in which live files are replaced, by the beginning of their path:

    endpoints ──▶ clusters ──▶ routes ──▶ listeners ──▶ the rest (bootstrap: read at start only)

A file only ever names what is there already. Out of order, most requests of the moment are lost.
"""


def live_files(artifacts: Artifacts) -> dict[str, bytes]:
    """What Envoy reads of a release, by path in its working directory."""
    return {path.removeprefix(PREFIX): data for path, data in artifacts.items() if path.startswith(PREFIX)}


def put_live_files(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Make Envoy's working directory hold these files, replacing what differs in the right order; returns what was written.

    Files that the release does not have any more go last. The first start is a change from nothing.
    """
    written = []
    for path in sorted(files, key=_rank):
        make_folders((directory / path).parent)
        if _put(directory / path, files[path]):
            written.append(path)
    for stale in sorted(_present(directory) - files.keys()):
        (directory / stale).unlink()
    return tuple(written)


def put_worker_endpoints(directory: Path, ports: tuple[int, ...]) -> None:
    """Tell Envoy which LiteLLM workers may get traffic; with none it answers itself that LiteLLM is not ready."""
    # A version names the content, so that it can be recognised once it is live.
    version = "-".join(["workers", *map(str, sorted(ports))])
    _put(directory / eds_path(LITELLM), litellm_endpoints(ports, version))


def put_secrets(
    directory: Path, topology: Topology, values: Mapping[Secret, SecretValue], master_key: SecretValue
) -> None:
    """Write each secret that Envoy adds to requests into a file of its own, 0600; those of providers that are gone go too."""
    wanted = dict(_headers(topology, values))
    if topology.workers:
        wanted[LITELLM] = f"Bearer {master_key.reveal()}"
    for name, value in wanted.items():
        secret = typed(
            "extensions.transport_sockets.tls.v3.Secret",
            name=name,
            generic_secret={"secret": {"inline_string": value}},
        )
        replace_file(directory / secret_path(name), discovery([secret], "1"), durable=False)
    kept = {directory / secret_path(name) for name in wanted}
    for file in (directory / "secrets").iterdir():
        if file not in kept:
            file.unlink()


def link_authorities(directory: Path) -> None:
    """Point `ca.pem` at the certificate authorities this machine trusts, or at certifi's where it names none."""
    found = ssl.get_default_verify_paths().cafile
    link = directory / "ca.pem"
    link.unlink(missing_ok=True)
    link.symlink_to(found if found and Path(found).exists() else certifi.where())


def validate(program: Path, artifacts: Artifacts) -> None:
    """Have Envoy itself read a release, as one static bootstrap: `--mode validate` does not follow references to files.

    Raises `CannotStart` with Envoy's own words.
    """
    with tempfile.TemporaryDirectory(prefix="portico-") as directory:
        (Path(directory) / "flat.json").write_bytes(flatten(artifacts))
        arguments = ["--mode", "validate", "-c", "flat.json", "--log-level", "error", "--disable-hot-restart"]
        result = subprocess.run(
            [str(program), *arguments],
            cwd=directory,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=60,
            env=_environment(),
        )
    if result.returncode != 0:
        said = (result.stderr + result.stdout).strip().splitlines()
        raise CannotStart("Envoy refuses the rendered release:\n" + "\n".join(said[-5:]))


def clear(directory: Path) -> None:
    """Remove what only a running Envoy needs: its secrets, and its sockets."""
    _remove_sockets(directory)
    for file in (directory / "secrets").iterdir():
        file.unlink()


def command(program: Path, directory: Path, *, port: int, level: str) -> Command:
    """How Envoy is run in its working directory; `port` is where it will listen, `level` one of `Logs`, which Envoy shares."""
    _remove_sockets(directory)
    argv = (
        str(program),
        "-c",
        "bootstrap.json",
        # Without it Envoy dies with the thread that started it, and with the daemon: traffic should outlive a crash of ours.
        "--disable-hot-restart",
        "--reject-unknown-dynamic-fields",
        # Once told to drain, every answer closes its connection, not a growing share of them.
        "--drain-strategy",
        "immediate",
        "--log-level",
        level,
    )
    return Command(argv, directory, _environment(), port)


def _headers(topology: Topology, values: Mapping[Secret, SecretValue]) -> Iterator[tuple[str, str]]:
    """Names of secrets and what stands in the header: a key as bearer token (RFC 6750), everything else as it is."""
    for provider in topology.providers:
        if provider.api_key is not None:
            yield provider.name, f"Bearer {values[provider.api_key].reveal()}"
        for header in provider.headers:
            if isinstance(header.value, Secret):
                yield header_secret(provider, header.name), values[header.value].reveal()


def _put(file: Path, data: bytes) -> bool:
    """Replace a live file, unless it holds these bytes: Envoy reads it again whenever it is replaced."""
    if file.exists() and file.read_bytes() == data:
        return False
    replace_file(file, data, durable=False)
    return True


def _remove_sockets(directory: Path) -> None:
    # Envoy does not bind to a socket that a killed one left behind.
    for socket in directory.glob("*.sock"):
        socket.unlink()


def _rank(path: str) -> tuple[int, str]:
    return next(index for index, beginning in enumerate(ORDER) if path.startswith(beginning)), path


def _present(directory: Path) -> set[str]:
    return {str(file.relative_to(directory)) for file in (directory / "xds").rglob("*.json")}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LANG": "C.UTF-8"}
