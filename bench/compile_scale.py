"""How long `validate` and `generate` take as the number of public models grows. Goal: 1 s at 1,000 models, near-linear."""

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PORTICO = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "portico"
SIZES = (10, 1_000, 10_000)


def write_config(directory: Path, models: int) -> None:
    """A configuration with ten engines that share `models` models; every public model has two targets and one fallback."""
    engines = ("vllm", "llamacpp", "ollama", "sglang", "openai-compatible")
    lines = ["version: 1", "providers:"]
    for index in range(10):
        lines += [
            f"  engine-{index}:",
            f"    engine: {engines[index % 5]}",
            f"    endpoints: [http://10.0.0.{index + 1}:8000]",
        ]
        lines += ["    models:"]
        lines += [
            f"      org/model-{number}: {{capabilities: [chat, completion], context_length: 8192, tags: [bench]}}"
            for number in range(models)
            if number % 10 in (index, (index + 1) % 10)
        ]
    (directory / "providers.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["version: 1", "models:"]
    for number in range(models):
        first, second = number % 10, (number - 1) % 10
        lines += [
            f"  model-{number}:",
            "    targets:",
            f"      - {{provider: engine-{first}, model: org/model-{number}, weight: 3}}",
            f"      - {{provider: engine-{second}, model: org/model-{number}}}",
        ]
        if number:
            lines.append(f"    fallbacks: [model-{number - 1}]")
    (directory / "model-mappings.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(repeats: int) -> dict[str, Any]:
    """Median seconds of whole commands, process start included, and the growth from 1,000 to 10,000 models."""
    seconds: dict[str, dict[str, float]] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            config, out = Path(name) / "config", Path(name) / "out"
            config.mkdir()
            write_config(config, size)
            seconds[str(size)] = {
                "validate": _median(repeats, ["validate", "--config", str(config)], out),
                "generate": _median(repeats, ["generate", "--config", str(config), "--out", str(out)], out),
            }
    growth = seconds["10000"]["generate"] / seconds["1000"]["generate"]
    return {
        "seconds": seconds,
        "ratios": {
            "generate_1000_models_of_1s": seconds["1000"]["generate"],
            "growth_of_linear_10x": growth / 10,
        },
    }


def _median(repeats: int, arguments: list[str], out: Path) -> float:
    times = []
    for _ in range(repeats):
        shutil.rmtree(out, ignore_errors=True)
        started = time.perf_counter()
        subprocess.run([PORTICO, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return round(statistics.median(times), 3)
