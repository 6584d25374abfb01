"""Every good case renders exactly the tree beside it, and Envoy and LiteLLM accept that tree."""

from pathlib import Path

import pytest

from generator.release import verify
from tests.configs import accept, sources_in
from tests.golden import compare_tree

CASES = sorted(path.name for path in (Path(__file__).parent / "good").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES)
def test_the_rendered_tree_is_the_one_in_git(case: str, update_golden: bool) -> None:
    """A reviewer sees in the diff what a change does to every rendered file."""
    directory = Path(__file__).parent / "good" / case
    accepted = accept(sources_in(directory))
    compare_tree(directory / "out", accepted.release.artifacts, update=update_golden)


@pytest.mark.parametrize("case", CASES)
def test_a_release_is_named_after_its_bytes(case: str) -> None:
    """The release verifies as rendered, and no longer once a byte is changed."""
    release = accept(sources_in(Path(__file__).parent / "good" / case)).release
    assert verify(release)
    path = next(iter(release.artifacts))
    damaged = {**release.artifacts, path: release.artifacts[path] + b" "}
    assert not verify(type(release)(release.id, damaged))


def test_there_are_enough_cases() -> None:
    """The kept trees cover what the renderers can do; losing cases by accident is noticed."""
    assert len(CASES) >= 15
