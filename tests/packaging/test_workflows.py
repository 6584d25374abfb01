"""Workflows run what a desk runs, with actions nobody can change under us."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def steps(workflow: Path) -> list[dict[str, Any]]:
    """Every step of every job of a workflow."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_tag(workflow: Path) -> None:
    """A tag can be moved to other code; a commit cannot."""
    lines = [line for line in workflow.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_only_call_make_targets_that_exist(workflow: Path) -> None:
    """A step runs `make` with targets of our Makefile and nothing else."""
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert commands
    for command in commands:
        assert re.fullmatch(r"make( [a-z-]+)+", command), command
        # `--question` reads the rules and runs nothing; 2 means that there is no such rule.
        result = subprocess.run(
            [*command.split(), "--question"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert result.returncode in (0, 1), result.stderr
        assert "No rule to make target" not in result.stderr


def test_reports_are_kept_for_thirty_days() -> None:
    """The JSON of the system validation outlives the run by a month."""
    uploads = [
        step["with"]
        for workflow in WORKFLOWS
        for step in steps(workflow)
        if step.get("uses", "").startswith("actions/upload-artifact@")
    ]
    assert [(upload["path"], upload["retention-days"]) for upload in uploads] == [("reports/*.json", 30)]
