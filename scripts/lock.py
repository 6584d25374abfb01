"""Resolve requirements/*.in into *.lock: for every platform and Python from 3.11, with hashes, naming no host.

The first line of a lock holds a digest of the lock and of its input, so that `--check` sees, without a network, a
lock that was edited by hand and an input that was changed and not resolved again. Standard library only: it runs
before any environment exists. Exit codes: 0 ok, 1 a lock is out of step or does not resolve.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
# In this order: each may be constrained by those before it.
NAMES = ("uv", "runtime", "dev", "litellm", "full")


def digest(name: str, body: str) -> str:
    """Hex SHA-256 over the input file and the lock's body."""
    source = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8")
    return hashlib.sha256(f"{source}\0{body}".encode()).hexdigest()


def first_line(name: str, body: str) -> str:
    return f"# Written by `make lock` from {name}.in; never edited by hand. sha256:{digest(name, body)}\n"


def resolve(uv: str, name: str, flags: list[str]) -> None:
    """Write `<name>.lock`, keeping the versions it already pins unless `flags` say otherwise.

    Raises CalledProcessError when the input does not resolve; the lock is then as it was. A lock that would not
    change is not written, so that Make does not install it again.
    """
    lock = REQUIREMENTS / f"{name}.lock"
    before = lock.read_text(encoding="utf-8") if lock.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / lock.name
        output.write_text(before, encoding="utf-8")
        command = [
            uv,
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
        ]
        command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", *flags]
        command += [f"{name}.in", "--output-file", str(output)]
        # A user's uv.toml could name another index, and with it other versions.
        environment = os.environ | {"UV_NO_CONFIG": "1"}
        subprocess.run(command, cwd=REQUIREMENTS, env=environment, check=True)
        body = output.read_text(encoding="utf-8")
    after = first_line(name, body) + body
    if after != before:
        lock.write_text(after, encoding="utf-8")
        print(f"requirements/{name}.lock changed")


def is_current(name: str) -> bool:
    lock = REQUIREMENTS / f"{name}.lock"
    head, _, body = lock.read_text(encoding="utf-8").partition("\n")
    return f"{head}\n" == first_line(name, body)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare digests; needs no network")
    parser.add_argument("--uv", default="uv", help="the uv to resolve with")
    arguments, flags = parser.parse_known_args()
    if not arguments.check:
        for name in NAMES:
            resolve(
                str(Path(arguments.uv).absolute()) if os.sep in arguments.uv else arguments.uv, name, flags
            )
        return 0
    stale = [name for name in NAMES if not is_current(name)]
    for name in stale:
        print(
            f"error: requirements/{name}.lock is not what `make lock` wrote from {name}.in", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
