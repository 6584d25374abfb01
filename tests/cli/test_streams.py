"""What commands do with streams that are cut, closed, narrow, or of another encoding."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Project


def _shell(project: Project, line: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A line of a shell in which `portico` is on PATH."""
    kept = {"PATH": f"{PROGRAM.parent}:{os.defpath}", "HOME": str(project.directory), "SNAPSHOT_KEY": "x"}
    return subprocess.run(
        ["/bin/bash", "-c", line],
        cwd=project.directory,
        env=kept | environment,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("command", "code"), [("models --json", 0), ("validate", 3), ("schema --print ports", 0)]
)
def test_a_reader_that_has_enough(command: str, code: int, project: Project) -> None:
    """`portico ... | true` ends as it would have without the pipe, and complains of nothing."""
    if code == 3:
        project.replace("gateway.yaml", "28000", '"28000"')
    done = _shell(project, f"portico {command} 2>said | true; echo ${{PIPESTATUS[0]}}")
    assert done.stdout == f"{code}\n".encode()
    assert b"Traceback" not in (project.directory / "said").read_bytes()
    assert b"BrokenPipe" not in (project.directory / "said").read_bytes()


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed(closed: str, project: Project) -> None:
    """Nobody reads it, which is no reason to fail."""
    done = _shell(project, f"portico models {closed}")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_characters_that_the_terminal_does_not_have(encoding: str, project: Project) -> None:
    """In text they are spelt out, in JSON escaped, so that it stays the same data."""
    project.replace("model-mappings.yaml", "The large one", "Größe 日本")
    shown = _shell(project, "portico models", PYTHONIOENCODING=encoding)
    assert shown.returncode == 0
    assert b"\\u65e5\\u672c" in shown.stdout
    found = json.loads(_shell(project, "portico models --json", PYTHONIOENCODING=encoding).stdout)
    assert found["models"][0]["description"] == "Größe 日本"


def test_a_narrow_terminal_cuts_no_name(project: Project) -> None:
    """What does not fit goes on in the next line: every character of a long name is there."""
    name = "a-model-with-a-name-that-is-much-too-long-for-its-column"
    project.replace(
        "model-mappings.yaml",
        "models:\n",
        f"models:\n  {name}: {{targets: [{{provider: laptop, model: 'small:1b'}}]}}\n",
    )
    code = (
        "import sys; sys.stdout.isatty = lambda: True; from portico.cli import run; sys.exit(run(['models']))"
    )
    done = _shell(project, f'{sys.executable} -Ic "{code}"', COLUMNS="60", NO_COLOR="1")
    assert done.returncode == 0
    assert "…" not in done.stdout.decode()
    first_column = "".join(line.split(" ")[0] for line in done.stdout.decode().splitlines()[1:])
    assert name in first_column


def test_bash_completes_names_with_colons(project: Project, tmp_path: Path) -> None:
    """Bash itself would take such a word apart; the script sees to it that it does not."""
    script = tmp_path / "complete.bash"
    script.write_bytes(_shell(project, "portico completion bash").stdout)
    words = f". {script}; COMP_WORDS=(portico explain small:); COMP_CWORD=2; _portico_completion portico; echo ${{COMPREPLY[0]}}"
    project.replace("model-mappings.yaml", "aliases:", "aliases:\n  'small:latest': small")
    assert _shell(project, words).stdout.decode().split() == ["small:latest"]
    assert ":" not in _shell(project, f". {script}; echo $COMP_WORDBREAKS").stdout.decode()


def test_a_mistyped_command(project: Project) -> None:
    """The one that was meant is named, where one is close."""
    result = project.run("valdate")
    assert (result.code, result.stderr) == (
        2,
        "error: No such command 'valdate'. Did you mean 'validate'?\nhint: see `portico --help`\n",
    )
