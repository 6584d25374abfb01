"""`missing-endpoint`."""

import pytest

from generator.checks.missing_endpoint import CHECK
from schemas.engines import LOCAL_ENGINES
from tests.subjects import find, places, provider


@pytest.mark.parametrize("engine", LOCAL_ENGINES)
def test_every_local_engine_needs_an_endpoint(engine: str) -> None:
    """And is told a usual one."""
    found = find(CHECK, {"p": provider("m", engine=engine, endpoints=[])})
    assert places(found) == [("providers", "p")]
    assert "http://127.0.0.1:" in (found[0].hint or "")


def test_cloud_providers_and_inactive_ones_need_none() -> None:
    """LiteLLM knows where clouds are; a template is an example."""
    cloud = provider("m", engine="openai", endpoints=[])
    assert not find(
        CHECK, {"p": cloud, "q": provider("m", endpoints=[], status="template"), "r": provider("m")}
    )
