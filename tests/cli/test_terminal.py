"""Start-up, colour, completion, and what errors become."""

import errno
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import click
import pytest

from portico.cli import SECTIONS, cli, run
from portico.cli.command import EXIT_TABLE, Command
from portico.errors import NotRunning, PorticoError, ResourceTaken
from tests.cli.conftest import PROGRAM, Project

HEAVY = {"pydantic", "rich", "httpx", "yaml", "starlette", "uvicorn", "re2", "xllamacpp", "asyncio"}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["validate", "--help"], ["up", "--help"]])
def test_starting_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version need click and nothing else, which is what keeps them fast."""
    code = f"import sys; from portico.cli import run; code = run({arguments!r}); print(sorted({HEAVY!r} & set(sys.modules))); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-Ic", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_starting_is_fast() -> None:
    """The program answers within 0.2 s; the best of several, since the machine has other work."""
    seconds = []
    for _ in range(8):
        started = perf_counter()
        subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, timeout=60)
        seconds.append(perf_counter() - started)
    assert min(seconds) < 0.2


def _at_a_terminal(project: Project, *arguments: str, **environment: str) -> str:
    """What a command writes to a terminal, stdout and stderr together."""
    leader, follower = pty.openpty()
    kept = {
        "PATH": os.defpath,
        "HOME": str(project.directory),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        **environment,
    }
    with subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=project.directory,
        env=kept,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as child:
        os.close(follower)
        chunks = []
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:
                # Linux's way to say that the other side is closed.
                break
            if not chunk:
                break
            chunks.append(chunk)
        child.wait(60)
    os.close(leader)
    return b"".join(chunks).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("arguments", [["validate"], ["models"], ["explain"]])
def test_colour_is_decoration(arguments: list[str], project: Project) -> None:
    """At a terminal there is colour unless NO_COLOR is set, and without it the same words stand there."""
    coloured = _at_a_terminal(project, *arguments)
    plain = _at_a_terminal(project, *arguments, NO_COLOR="1")
    assert "\x1b[" in coloured
    assert "\x1b[3" not in plain
    strip = re.compile(r"\x1b\[[0-9;]*m")
    assert strip.sub("", coloured) == strip.sub("", plain)


def test_a_pipe_gets_no_colour(project: Project) -> None:
    """What goes to a program is text alone."""
    result = project.run("validate", environment={"SNAPSHOT_KEY": "", "TERM": "xterm-256color"})
    assert "warning[missing-secret]" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell: str, project: Project) -> None:
    """The script for each shell asks `portico` itself."""
    result = project.run("completion", shell)
    assert result.code == 0
    assert "_PORTICO_COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("portico ", "1", "validate"),
        ("portico val", "1", "validate"),
        ("portico validate --f", "2", "--format"),
        ("portico explain c", "2", "chat"),
        ("portico explain --config config b", "4", "big"),
    ],
)
def test_completion_completes(words: str, position: str, expected: str, project: Project) -> None:
    """The program answers what a shell asks."""
    asked = {"_PORTICO_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": position}
    assert f"plain,{expected}" in project.run(environment=asked).stdout.splitlines()


@pytest.mark.parametrize("name", [name for names in SECTIONS.values() for name in names])
def test_every_command_has_help_with_examples(name: str) -> None:
    """Each command says what it does, explains every option, and shows examples that begin with the program."""
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, Command)
    assert command.help
    assert all(isinstance(entry, click.Argument) or getattr(entry, "help", None) for entry in command.params)
    assert len(command.examples) >= 2
    assert all("portico" in line for line, _ in command.examples)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (NotRunning("nothing runs", "start it"), 5, "error: nothing runs\nhint: start it\n"),
        (ResourceTaken("port 1 is taken"), 6, "error: port 1 is taken\n"),
        (PorticoError("no"), 3, "error: no\n"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/x"),
            3,
            "error: the system refuses: Permission denied (/x)\n",
        ),
    ],
)
def test_an_error_becomes_its_exit_code(
    error: Exception,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Errors that are no bugs are told in words, without a traceback, and end with the code of their kind."""
    assert code in EXIT_TABLE
    _command_that_raises(error, monkeypatch)
    assert run(["status"]) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_is_no_bug(project: Project) -> None:
    """What the machine refuses is told in its own words, without a traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, "models"],
            cwd=project.directory,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (3, "error: the system refuses: No space left on device\n")


def test_a_bug_shows_where_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What no user can cause ends with 1 and a traceback."""
    _command_that_raises(ZeroDivisionError("x"), monkeypatch)
    assert run(["status"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "ZeroDivisionError: x" in said
    assert said.endswith("error: this is a bug in Portico; the lines above say where\n")


def test_ctrl_c_is_no_bug(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted command ends with 130, as shells expect, and without a traceback."""
    _command_that_raises(KeyboardInterrupt(), monkeypatch)
    assert run(["status"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def _command_that_raises(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a command in place of `status` that does nothing but fail."""

    def fail(**_: object) -> int:
        raise error

    command = cli.get_command(click.Context(cli), "status")
    assert command is not None
    monkeypatch.setattr(command, "callback", fail)


def test_python_dash_m_is_the_same_program(project: Project) -> None:
    """`python -m portico` works where the program is not on PATH."""
    command = [sys.executable, "-Im", "portico", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path("/"), timeout=60)
    assert done.stdout == project.run("--version").stdout
