"""portico generate: stages 1 to 6, into a directory."""

from collections.abc import Mapping
from pathlib import Path

import click

from portico.cli import output
from portico.cli.command import EXIT_CHANGES, Command, config_option

DEFAULT_OUT = "generated"

FOLDERS = ("envoy", "litellm", "prometheus")
"""What a release may have at its top, beside topology.json; not every release has all."""


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
    artifacts = built.release.artifacts
    output.notes(built.checked.diagnostics)
    if not only_check:
        _refuse_strangers(out)
    differing = _differing(out, artifacts)
    if only_check:
        for path, how in differing.items():
            output.data(f"{shown_path(out / path)}: {how}")
        verdict = (
            f"{len(differing)} files are out of step with"
            if differing
            else f"{len(artifacts)} files in step with"
        )
        output.talk(f"{verdict} release {built.release.id}")
        return EXIT_CHANGES if differing else 0
    _write(out, artifacts, differing)
    output.talk(f"release {built.release.id} is in {shown_path(out)}: {len(artifacts)} files")
    return 0


def _present(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def _differing(out: Path, artifacts: Mapping[str, bytes]) -> dict[str, str]:
    """The files that are not as they should be, each with how it differs."""
    present = _present(out)
    found = {path: "missing" for path in artifacts if path not in present}
    for path in present:
        if path not in artifacts:
            found[path] = "not part of the release"
        elif (out / path).read_bytes() != artifacts[path]:
            found[path] = "different"
    return dict(sorted(found.items()))


def _refuse_strangers(out: Path) -> None:
    """Files that are replaced or removed have to be ours: those of a release, in a directory that holds a release."""
    from generator.topology_json import PATH
    from portico.errors import PorticoError
    from portico.files import shown_path

    if not out.is_dir() or not any(out.iterdir()):
        return
    strangers = sorted(entry.name for entry in out.iterdir() if entry.name not in {*FOLDERS, PATH})
    if strangers or not (out / PATH).is_file():
        named = strangers[0] if strangers else next(iter(sorted(entry.name for entry in out.iterdir())))
        message = f"{shown_path(out)} holds what `portico generate` did not write, such as {named}"
        raise PorticoError(message, "name an empty directory with --out, or remove it")


def _write(out: Path, artifacts: Mapping[str, bytes], differing: Mapping[str, str]) -> None:
    for path in differing:
        if path not in artifacts:
            (out / path).unlink()
            continue
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(artifacts[path])
