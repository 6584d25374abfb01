#!/usr/bin/env bash
# Puts promtool into <checkout>/.cache/promtool/promtool out of Debian's `prometheus` package, without installing the package.
# Prints the program's path. Does nothing else when it is already there. Needs apt and dpkg, not root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/.cache/promtool/promtool

if [[ ! -x $target ]]; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "error: this needs Debian's apt-get and dpkg-deb; elsewhere put promtool on the PATH" >&2
    exit 1
  fi
  mkdir -p "$(dirname "$target")"
  work=$(mktemp -d "$(dirname "$target")/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  if ! apt-get download prometheus >apt.log 2>&1; then
    # A machine that never ran `apt-get update` knows no packages; read the lists into a place of our own.
    mkdir -p lists/partial archives/partial
    lists=(-o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o Debug::NoLocking=1)
    if ! apt-get "${lists[@]}" update >>apt.log 2>&1 || ! apt-get "${lists[@]}" download prometheus >>apt.log 2>&1; then
      cat apt.log >&2
      echo "error: apt-get could not download the package prometheus" >&2
      exit 1
    fi
  fi
  dpkg-deb --extract prometheus_*.deb unpacked
  # Moved in one step, so that an interrupted run leaves nothing that looks complete.
  mv unpacked/usr/bin/promtool "$target"
fi
"$target" --version >/dev/null
echo "$target"
