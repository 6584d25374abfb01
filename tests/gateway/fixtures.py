"""The fixtures of tests that need the whole gateway; a plugin, so that one session has one gateway."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.diagnostics import DocumentKind
from tests.engines.processes import start_vllm
from tests.engines.scripted_control import clear_received, clear_script
from tests.gateway.lab import TEXT, Lab, laboratory, pair, provider
from tests.gateway.running import Gateway, running_gateway, wait_for_litellm


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


@pytest.fixture(scope="session")
def vllm_gateway() -> Iterator[Gateway]:
    """A gateway of its own before real vLLM, for chat and, as a second server, for embeddings; LiteLLM ready."""
    with (
        tempfile.TemporaryDirectory(prefix="portico-") as folder,
        start_vllm() as chat,
        start_vllm(embeddings=True) as pooling,
    ):
        documents = {
            DocumentKind.PROVIDERS: {
                "providers": {
                    "vllm": provider("vllm", chat.url, {"tiny": TEXT, "absent:1b": TEXT}),
                    "pooling": provider("vllm", pooling.url, {"tiny": ["embedding"]}),
                }
            },
            DocumentKind.MAPPINGS: {
                "models": {
                    **pair("vllm", "vllm", "tiny"),
                    **pair("absent", "vllm", "absent:1b"),
                    **pair("vllm-embed", "pooling", "tiny"),
                }
            },
        }
        with running_gateway(documents, Path(folder)) as gateway:
            wait_for_litellm(gateway)
            yield gateway
