#!/usr/bin/env bash
# Install the system packages of a list: system-packages.sh LIST WHAT-NEEDS-THEM.
#
# Root on Debian or Ubuntu: installed. Anybody else there: told the one command to run.
# Elsewhere the list is only shown, because other systems name these packages differently.
# What a `?` follows is wanted where this system has it; where it has not, that is said.
set -euo pipefail
cd "$(dirname "$0")/.."

list=$1 needed_by=$2
wanted=$(sed '/^#/d; s/ ?$//' "$list" | tr '\n' ' ')
optional=$(sed -n '/^#/d; s/ ?$//p' "$list" | tr '\n' ' ')

if ! command -v dpkg-query >/dev/null; then
  [ "$(uname)" = Darwin ] || echo "system packages: $needed_by needs the likes of: $wanted" >&2
  exit 0
fi

missing=""
for package in $wanted; do
  status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [ "${status:0:2}" = ii ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

is_optional() { [[ " $optional " == *" $1 "* ]]; }
is_known() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }
keep_known() { # leave out of $missing what is optional and unknown to this system
  local package known=""
  for package in $missing; do
    if is_optional "$package" && ! is_known "$package"; then
      echo "system packages: this system has no $package; $needed_by goes on without it" >&2
    else
      known="$known $package"
    fi
  done
  missing=$known
}

if [ "$(id -u)" -ne 0 ]; then
  keep_known
  [ -n "$missing" ] || exit 0
  echo "$needed_by needs system packages; run this once, then again what you ran:" >&2
  echo "  sudo apt-get install --no-install-recommends$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
keep_known
[ -n "$missing" ] || exit 0
echo "system packages: installing$missing" >&2
# shellcheck disable=SC2086  # a list of words
apt-get install -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing >&2
