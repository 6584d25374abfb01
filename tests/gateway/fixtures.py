"""The fixtures of tests that need the whole gateway; a plugin, so that one session has one gateway."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.scripted_control import clear_received, clear_script
from tests.gateway.lab import Lab, laboratory
from tests.gateway.running import Gateway


@pytest.fixture(scope="session")
def session_lab() -> Iterator[Lab]:
    """The laboratory, started once; tests take `lab`."""
    # The usual temporary folders of pytest have paths too long for the sockets of macOS.
    with tempfile.TemporaryDirectory(prefix="portico-") as folder, laboratory(Path(folder)) as started:
        yield started


@pytest.fixture
def lab(session_lab: Lab) -> Lab:
    """The laboratory, its scripted engines without a script and with nothing received."""
    for engine in (session_lab.scripted, session_lab.unruly):
        clear_script(engine)
        clear_received(engine)
    return session_lab


@pytest.fixture
def gateway(lab: Lab) -> Gateway:
    """The laboratory's gateway, LiteLLM ready."""
    return lab.gateway
