#!/usr/bin/env bash
# Makes .venv with everything pdpo-audit needs, pinned and checked by hash; does nothing where that is done already.
#
#   PYTHON=python3.12 .setup/environment.sh    another interpreter (3.11 or newer)
#   PDPO_AUDIT_NO_APT=1 .setup/environment.sh  never install system packages, only say what is missing
set -euo pipefail
cd "$(dirname "$0")/.."
source .setup/apt.sh

# Behind a proxy that inspects traffic only the system knows the certificate to trust.
export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}

VENV=.venv
STAMP=$VENV/.pdpo-audit-ready

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$candidate"
      return
    fi
  done
  fail "No Python 3.11 or newer found. On Debian 12: apt-get install python3 python3-venv; or name one: PYTHON=/path/to/python3 make ..."
}

# What the pinned environment depends on: when none of it changed, there is nothing to do.
inputs_digest() {
  { "$1" -VV; pwd; cat .setup/requirements.txt .setup/build.txt .setup/uv.txt .setup/environment.sh pyproject.toml; } |
    sha256sum | cut -d ' ' -f 1
}

# Debian's packages for the shared libraries, fonts and programs that are not there, one a line.
missing_libraries() {
  "$1" - <<'PYTHON'
import ctypes
for library, package in (
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ("libGL.so.1", "libgl1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libxcb.so.1", "libxcb1"),
    ("libstdc++.so.6", "libstdc++6"),
):
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PYTHON
}

missing_comforts() {
  "$1" -c 'import ctypes; ctypes.CDLL("libharfbuzz-subset.so.0")' 2>/dev/null || echo libharfbuzz-subset0
  [ -n "$(fc-list :lang=zh-tw file 2>/dev/null)" ] || echo fonts-noto-cjk
  command -v fc-list >/dev/null || echo fontconfig
  command -v pdftoppm >/dev/null || echo poppler-utils
  command -v openssl >/dev/null || echo openssl
}

missing_venv() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null || "$1" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
}

prepare_system() {
  local python=$1 needed wished
  needed=$(missing_libraries "$python"; missing_venv "$python")
  wished=$(missing_comforts "$python")
  [ -n "$needed$wished" ] || return 0
  # shellcheck disable=SC2086  # one word a package
  apt_install $needed $wished && return 0
  say_how_to_install $needed $wished
  [ -z "$needed" ] || fail "Without" $needed "nothing runs; call make again when they are there."
  say "Going on without" $wished "(slower PDFs, missing Chinese characters, or skipped tests)."
}

# A virtual environment holds absolute paths: one that was moved, or made by another Python, is made anew.
venv_fits() {
  [ -x "$VENV/bin/python" ] && [ "$("$VENV/bin/python" -VV)" = "$("$1" -VV)" ] &&
    grep -qF "$PWD/$VENV" "$VENV/bin/activate" && "$VENV/bin/python" -c 'import pip' 2>/dev/null
}

# pip reads the machine's settings first (a mirror may be the only way out); where they break it, it goes without them.
install_uv() {
  local install=(-m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .setup/uv.txt)
  PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 "$VENV/bin/python" "${install[@]}" ||
    "$VENV/bin/python" -m pip --isolated "${install[@]:2}"
}

# Two steps, because face_recognition_models comes as source only: what builds it has to be there first. Compiled once
# here: where Python may not write beside its modules, every start would compile them anew (1.3 s of CPU for a scan).
install_pinned() {
  local install=("$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-config --no-build-isolation)
  install+=(--compile-bytecode)
  "${install[@]}" --no-deps --require-hashes -r .setup/build.txt
  "${install[@]}" --no-deps --require-hashes -r .setup/requirements.txt
  "${install[@]}" --no-deps --editable .
  "$VENV/bin/python" -m compileall -q pdpo_audit
}

main() {
  local python digest
  python=$(find_python)
  digest=$(inputs_digest "$python")
  [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$digest" ] && return 0
  prepare_system "$python"
  say "Making $VENV (about 1 GB; half a minute to a few the first time) ..."
  venv_fits "$python" || "$python" -m venv --clear "$VENV"
  install_uv
  install_pinned
  printf '%s\n' "$digest" >"$STAMP"
}

main
