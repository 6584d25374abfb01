"""portico generate: stages 1 to 6, into a directory."""

from collections.abc import Mapping
from pathlib import Path

import click

from portico.cli import output
from portico.cli.command import EXIT_CHANGES, Command, config_option

DEFAULT_OUT = "generated"


@click.command(
    "generate",
    cls=Command,
    examples=[
        ("portico generate", "write generated/, to look at or to run LiteLLM alone from"),
        ("portico generate --out /tmp/release", "write it elsewhere"),
        ("portico generate --check", "fail when what is written is not what the configuration gives"),
    ],
)
@config_option
@click.option(
    "--out",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_OUT,
    show_default=True,
    metavar="DIR",
    help="Where the files go. A directory that holds something else is left alone.",
)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; list the files that differ and exit 4."
)
def command(config: Path, out: Path, *, only_check: bool) -> int:
    """Compile the configuration into the files that Envoy, LiteLLM and Prometheus read.

    The files are those of a release, byte for byte: the same configuration gives the same files on every machine.
    """
    from portico.build import build
    from portico.files import shown_path

    built = build(config)
    output.notes(built.checked.diagnostics)
    differing = _differing(out, built.release.artifacts)
    if only_check:
        for path, how in differing.items():
            output.data(f"{shown_path(out / path)}: {how}")
        output.talk(
            f"{len(differing)} files out of step with release {built.release.id}"
            if differing
            else f"in step with {built.release.id}"
        )
        return EXIT_CHANGES if differing else 0
    _write(out, built.release.artifacts, differing)
    output.talk(
        f"release {built.release.id} is in {shown_path(out)}: {len(built.release.artifacts)} files, {len(differing)} of them new"
    )
    return 0


def _differing(out: Path, artifacts: Mapping[str, bytes]) -> dict[str, str]:
    """The files that are not as they should be, each with how it differs."""
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    found = {path: "missing" for path in artifacts if path not in present}
    found |= {
        path: "different"
        for path in artifacts
        if path in present and (out / path).read_bytes() != artifacts[path]
    }
    found |= {path: "not part of the release" for path in present if path not in artifacts}
    return dict(sorted(found.items()))


def _write(out: Path, artifacts: Mapping[str, bytes], differing: Mapping[str, str]) -> None:
    from generator.topology_json import PATH
    from portico.errors import PorticoError
    from portico.files import shown_path

    # Every release has this file, so a directory without it was filled by somebody else.
    if out.is_dir() and any(out.iterdir()) and not (out / PATH).is_file():
        raise PorticoError(
            f"{shown_path(out)} holds files that `portico generate` did not write",
            "choose an empty directory with --out",
        )
    for path in differing:
        if path not in artifacts:
            (out / path).unlink()
            continue
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(artifacts[path])
