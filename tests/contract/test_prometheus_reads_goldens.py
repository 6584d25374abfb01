"""Prometheus's own checker accepts every rendered scrape configuration."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMTOOL = ROOT / ".cache" / "promtool" / "promtool"
CONFIGS = sorted((ROOT / "tests" / "cases").rglob("prometheus/prometheus.yml"))


def _check(config: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([PROMTOOL, "check", "config", config], capture_output=True, text=True, check=False)


@pytest.mark.full
def test_promtool_accepts_every_case() -> None:
    """Every tree that is kept in git can be scraped by."""
    assert len(CONFIGS) >= 15
    refused = {str(config): done.stderr for config in CONFIGS if (done := _check(config)).returncode != 0}
    assert not refused


@pytest.mark.full
def test_promtool_can_refuse(tmp_path: Path) -> None:
    """A key that Prometheus does not know is refused."""
    config = tmp_path / "prometheus.yml"
    config.write_text(CONFIGS[0].read_text(encoding="utf-8").replace("metrics_path", "metric_path"))
    assert _check(config).returncode != 0
