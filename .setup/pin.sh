#!/usr/bin/env bash
# Resolves the dependencies anew and writes the pinned lists: run it after a change in pyproject.toml or a *.in file.
# `.setup/pin.sh --upgrade` takes the newest versions; without it the pinned ones stay where they still fit.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
compile=("$uv" pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
  --python-version 3.11 --python-platform x86_64-unknown-linux-gnu)

"${compile[@]}" "$@" pyproject.toml .setup/dev.in --all-extras --override .setup/overrides.txt \
  --output-file .setup/requirements.txt
"${compile[@]}" .setup/build.in --constraint .setup/requirements.txt --output-file .setup/build.txt
printf 'uv\n' | "${compile[@]}" "$@" - --output-file .setup/uv.txt
