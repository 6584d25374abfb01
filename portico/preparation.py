"""Everything that can refuse a start, done before the first process is started."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.topology import Secret, Topology
from portico import envoy, litellm
from portico.binaries import envoy_program, envoy_version, litellm_program, litellm_version
from portico.build import Built, build
from portico.control_socket import listen_on
from portico.embedded.launch import model_path
from portico.errors import CannotStart, ReleaseDamaged
from portico.files import shown_path
from portico.leftovers import end_leftovers
from portico.lock import Owner, acquire
from portico.ports import listen, require_free
from portico.progress import Accepted, LeftoverEnded, Report
from portico.secrets import SecretValue, resolve_all
from portico.state import StateDirectory
from portico.store import Store, now


@dataclass(frozen=True, slots=True)
class Programs:
    """Executables to run. `litellm` is None where no worker is configured."""

    envoy: Path
    litellm: Path | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a daemon needs to run a release. `config` is the configuration directory, absolute."""

    config: Path
    state: StateDirectory
    store: Store
    built: Built
    since: str
    programs: Programs
    secrets: Mapping[Secret, SecretValue]
    master_key: SecretValue
    control_port: socket.socket
    control_socket: socket.socket

    @property
    def topology(self) -> Topology:
        """What is to run."""
        return self.built.topology


@contextmanager
def prepared(config: Path, state: StateDirectory, report: Report) -> Iterator[Prepared]:
    """Hold the state directory and its sockets, with the configuration built, validated by Envoy and stored.

    Raises `Rejected` and every `PorticoError`; then nothing was started, and no file that a daemon reads has changed.
    """
    built = build(config, about_to_run=True)
    report(Accepted(built.release.id, built.checked.diagnostics))
    topology = built.topology
    _require_model_file(topology, config)
    programs = Programs(envoy_program(), litellm_program() if topology.workers else None)
    state.prepare()
    since = now()
    lock = acquire(state, Owner(os.getpid(), since, topology.listen_port))
    try:
        for name, pid in end_leftovers(state.processes):
            report(LeftoverEnded(name, pid))
        require_free(topology.listen_address, topology.listen_port)
        if topology.embedded is not None and topology.embedded.start == "always":
            require_free(topology.embedded.host, topology.embedded.port)
        with (
            listen("127.0.0.1", topology.control_port) as control_port,
            listen_on(state.control_socket) as control_socket,
        ):
            store = Store(state)
            _stage(store, built, programs)
            secrets = resolve_all(topology.providers, config)
            yield Prepared(
                config.absolute(),
                state,
                store,
                built,
                since,
                programs,
                secrets,
                litellm.new_master_key(),
                control_port,
                control_socket,
            )
    finally:
        state.control_socket.unlink(missing_ok=True)
        lock.release()


def _stage(store: Store, built: Built, programs: Programs) -> None:
    """Store the release, once this version of Envoy has accepted it."""
    versions = _versions(programs)
    try:
        if store.manifest(built.release.id).versions == versions:
            store.read(built.release.id)
            return
    except ReleaseDamaged:
        # Not stored, or not whole: it is written again below.
        pass
    envoy.validate(programs.envoy, built.release.artifacts)
    store.write(built.release, sources=built.checked.sources, versions=versions)


def _versions(programs: Programs) -> dict[str, str]:
    from portico import __version__

    versions = {"portico": __version__, "envoy": envoy_version()}
    found = litellm_version(programs.litellm) if programs.litellm is not None else None
    return versions if found is None else {**versions, "litellm": found}


def _require_model_file(topology: Topology, config: Path) -> None:
    embedded = topology.embedded
    if embedded is None or embedded.start == "never":
        return
    path = model_path(embedded, config)
    if not path.is_file():
        raise CannotStart(
            f"the model file {shown_path(path)} does not exist",
            "correct `embedded.model_file` in gateway.yaml",
        )
