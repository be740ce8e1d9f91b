# Debian's packages, for the scripts beside this file: installed where that is possible without a question.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Fails where nothing may be installed; waits for whoever else installs at the moment.
apt_install() {
  local runner=() apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
  [ -z "${PDPO_AUDIT_NO_APT:-}" ] && command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    runner=(sudo -n)
  fi
  say "Installing system packages: $*"
  "${runner[@]}" "${apt[@]}" update >&2 &&
    "${runner[@]}" env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null
}

say_how_to_install() {
  say "These system packages are missing: $*"
  say "Install them with:"
  say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
}
