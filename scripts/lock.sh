#!/bin/sh
# Resolve requirements/*.in into *.lock: for every platform and Python from 3.11, with hashes, naming no host.
set -eu
cd "$(dirname "$0")/../requirements"
case "$UV" in */*) UV="../$UV" ;; esac
export UV_NO_CONFIG=1
for name in uv runtime dev litellm; do
  "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-emit-index-url --no-emit-find-links "$@" "$name.in" --output-file "$name.lock"
  printf '# Written by `make lock` from %s.in; never edited by hand.\n' "$name" | cat - "$name.lock" > "$name.lock.new"
  mv "$name.lock.new" "$name.lock"
done
