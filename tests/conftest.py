"""What every test may rely on."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Tests share builders (`tests.configs`, `tests.engines`). Appended, never put first: what is installed must win.
sys.path.append(str(ROOT))

pytest_plugins = ["tests.gateway.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites expected files, and deletes those that nothing produces any more."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expected files from what is produced now"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be rewritten rather than compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy or colour setting of the caller reaches a test, and LiteLLM stays off the network."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in {"FORCE_COLOR", "CLICOLOR_FORCE"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
