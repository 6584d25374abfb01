"""One daemon per state directory, and a second one is told who the first is."""

import subprocess
import sys
from pathlib import Path

import pytest

from portico.errors import ResourceTaken
from portico.lock import Owner, acquire, is_held
from portico.state import StateDirectory

OWNER = Owner(pid=4321, since="2026-01-02T03:04:05.678Z", port=4000)

HOLD_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from portico.lock import Owner, acquire
from portico.state import StateDirectory
acquire(StateDirectory(Path(sys.argv[1])), Owner(1, "then", 4000))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    """A prepared state directory."""
    directory = StateDirectory(tmp_path / "s")
    directory.prepare()
    return directory


def test_the_second_is_told_who_runs(state: StateDirectory) -> None:
    """Process id, time and port of the first are in the refusal."""
    lock = acquire(state, OWNER)
    with pytest.raises(
        ResourceTaken, match=r"pid 4321, since 2026-01-02T03:04:05\.678Z, on port 4000"
    ) as refused:
        acquire(state, Owner(1, "now", 1))
    assert refused.value.exit_code == 6
    lock.release()
    acquire(state, Owner(1, "now", 1)).release()


def test_looking_does_not_lock(state: StateDirectory) -> None:
    """`is_held` tells the truth and leaves no lock behind."""
    assert not is_held(state)
    lock = acquire(state, OWNER)
    assert is_held(state)
    lock.release()
    assert not is_held(state)


def test_a_killed_daemon_leaves_no_lock(state: StateDirectory) -> None:
    """The file that a killed process leaves is nobody's."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_KILLED, str(state.root)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_held(state)
        holder.kill()
    assert state.lock.read_bytes()
    assert not is_held(state)
    acquire(state, OWNER).release()
