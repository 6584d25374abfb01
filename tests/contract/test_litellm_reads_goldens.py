"""The real LiteLLM loads every rendered configuration, and keeps every deployment in it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "tests" / "cases" / "good"
PYTHON = ROOT / ".venv-litellm" / "bin" / "python"


def test_litellm_keeps_every_deployment_of_every_case() -> None:
    """LiteLLM drops what it cannot use without failing, so the number of deployments it kept is compared."""
    configs = sorted(GOOD.glob("*/out/litellm/config.yaml"))
    assert len(configs) >= 15
    variables = {name: "x" for path in configs for name in _variables(path.read_text(encoding="utf-8"))}
    result = subprocess.run(
        [PYTHON, Path(__file__).with_name("litellm_loads.py"), *configs],
        env={
            "PATH": os.environ["PATH"],
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_MODE": "PRODUCTION",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    kept = dict(line.split("\t") for line in result.stdout.splitlines() if "\t" in line)
    expected = {str(path): str(_models(yaml.safe_load(path.read_text(encoding="utf-8")))) for path in configs}
    assert kept == expected, result.stderr[-2000:]


def _models(config: dict[str, Any]) -> int:
    """What LiteLLM counts: deployments and aliases."""
    return len(config["model_list"]) + len(config["router_settings"]["model_group_alias"])


def _variables(text: str) -> set[str]:
    return {word.split("/")[1] for word in text.split('"') if word.startswith("os.environ/")}
