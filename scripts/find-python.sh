#!/bin/sh
# Print the path of a Python 3.11-3.13 that can make virtual environments, or say what to install.
# With an argument only that one will do. A name on PATH is no proof (pyenv has shims for versions that are not
# selected), so each is run.
set -u
wanted='import sys, venv, ensurepip; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
[ $# -gt 0 ] || set -- python3 python3.13 python3.12 python3.11
for name in "$@"; do
  if "$name" -c "$wanted" >/dev/null 2>&1; then
    "$name" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done
{
  echo "error: no Python 3.11, 3.12 or 3.13 with venv and ensurepip among: $*"
  echo "hint: Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13;"
  echo "      or name one: make PYTHON=/path/to/python3.12"
} >&2
exit 1
