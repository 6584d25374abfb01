"""What a public model takes from its targets."""

from generator.compile import compile_config
from schemas.diagnostics import DocumentKind
from tests.configs import checked, sources_of


def test_a_model_has_the_tags_of_its_targets_models() -> None:
    """After its own, each once; those of a target without weight are left out."""
    models = {"a": {"tags": ["x", "y"]}, "b": {"tags": ["y", "z"]}, "c": {"tags": ["never"]}}
    targets = [
        {"provider": "gpu", "model": "a"},
        {"provider": "gpu", "model": "b"},
        {"provider": "gpu", "model": "c", "weight": 0},
    ]
    provider = {"engine": "vllm", "endpoints": ["http://127.0.0.1:8001"], "models": models}
    data = {
        DocumentKind.PROVIDERS: {"version": 1, "providers": {"gpu": provider}},
        DocumentKind.MAPPINGS: {"version": 1, "models": {"m": {"targets": targets, "tags": ["own", "z"]}}},
    }
    config, _ = checked(sources_of(data))
    (model,) = compile_config(config).models
    assert model.tags == ("own", "z", "x", "y")
