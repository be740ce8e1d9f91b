#!/usr/bin/env bash
# Brings the programs that only tests need (test-programs.txt); where it may not, says which tests will be skipped.
# Looking takes a few milliseconds, so that a second call costs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
source .setup/apt.sh

missing_packages() {
  local program package pattern
  while read -r program package pattern; do
    [ -n "$program" ] && [ "${program:0:1}" != "#" ] || continue
    command -v "$program" >/dev/null || { [ -n "$pattern" ] && compgen -G "$pattern" >/dev/null; } || echo "$package"
  done <.setup/test-programs.txt
}

main() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086  # one word a package
  apt_install $missing && missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  say_how_to_install $missing
  say "Going on without them: the tests that need them are skipped (under CI=true they fail)."
}

main
