"""A state directory that cannot work is refused before anything runs."""

import os
from pathlib import Path

import pytest

from portico.errors import StateUnusable
from portico.state import SOCKET_PATH_BYTES, StateDirectory, state_directory


def test_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Everything that may hold a secret or a socket is closed to others."""
    state = StateDirectory(tmp_path / "s")
    state.prepare()
    for folder in (state.root, state.run, state.envoy, state.envoy / "secrets", state.logs):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    """The longest path that fits is accepted, one byte more is refused with the limit and the way out."""
    room = SOCKET_PATH_BYTES - len(os.fsencode(StateDirectory(tmp_path).admin_socket))
    assert room > 1, "the temporary directory is too deep for this test"
    StateDirectory(tmp_path / ("x" * (room - 1))).prepare()
    with pytest.raises(StateUnusable, match=f"may have {SOCKET_PATH_BYTES} bytes") as refused:
        StateDirectory(tmp_path / ("x" * room)).prepare()
    assert "--state" in str(refused.value.hint)
    assert not (tmp_path / ("x" * room)).exists()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """A state directory that is a file is named."""
    (tmp_path / "s").write_text("in the way", encoding="utf-8")
    with pytest.raises(StateUnusable, match="cannot be used"):
        StateDirectory(tmp_path / "s").prepare()


def test_a_relative_path_is_meant_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later changes of the current directory do not move the state."""
    monkeypatch.chdir(tmp_path)
    assert state_directory(Path(".portico")).root == tmp_path / ".portico"
