#!/usr/bin/env bash
# Install the system packages of a list: system-packages.sh LIST WHAT-NEEDS-THEM.
#
# Root on Debian or Ubuntu: installed. Anybody else there: told the one command to run.
# Elsewhere the list is only shown, because other systems name these packages differently.
set -euo pipefail
cd "$(dirname "$0")/.."

list=$1 needed_by=$2
wanted=$(sed '/^#/d' "$list" | tr '\n' ' ')

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

if [ "$(id -u)" -ne 0 ]; then
  echo "$needed_by needs system packages; run this once, then again what you ran:" >&2
  echo "  sudo apt-get install --no-install-recommends$missing" >&2
  exit 1
fi
echo "system packages: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# shellcheck disable=SC2086  # a list of words
apt-get install -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing >&2
