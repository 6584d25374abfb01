"""When LiteLLM, asked for the public model itself, comes after all attempts."""

import pytest

from generator.compile import compile_config
from schemas.diagnostics import DocumentKind
from tests.configs import checked, sources_of

PROVIDERS = {
    "version": 1,
    "providers": {"gpu": {"engine": "vllm", "endpoints": ["http://127.0.0.1:8001"], "models": {"m": {}}}},
}


@pytest.mark.parametrize(
    ("lane", "workers", "last_resort"),
    [("auto", 1, True), ("direct", 1, False), ("litellm", 1, False), ("auto", 0, False)],
)
def test_last_resort(lane: str, workers: int, *, last_resort: bool) -> None:
    """It is what a direct route of `lane: auto` ends with; `lane: direct` means always that lane."""
    mappings = {"version": 1, "models": {"x": {"targets": [{"provider": "gpu", "model": "m"}], "lane": lane}}}
    gateway = {"version": 1, "litellm": {"workers": workers}}
    data = {
        DocumentKind.PROVIDERS: PROVIDERS,
        DocumentKind.MAPPINGS: mappings,
        DocumentKind.GATEWAY: gateway,
    }
    config, _ = checked(sources_of(data))
    (model,) = compile_config(config).models
    assert {route.last_resort for route in model.routes} == {last_resort}
