#!/usr/bin/env bash
# Run the tests of the parts named, one after another: scripts/parts/PART/test.sh.
#
# A part whose tests fail, or whose toolchain is missing, does not keep the others from running.
set -euo pipefail
cd "$(dirname "$0")/.."

known=$(cd scripts/parts && echo *)
for part in "$@"; do
  if [ ! -x "scripts/parts/$part/test.sh" ]; then
    echo "test: unknown part '$part': expected some of: $known" >&2
    exit 2
  fi
done
if [ $# -eq 0 ]; then
  echo "test: no part was named: expected some of: $known" >&2
  exit 2
fi

failed=""
for part in "$@"; do
  echo "=== part $part" >&2
  scripts/system-packages.sh "scripts/parts/$part/system-packages.txt" "part '$part'" && "scripts/parts/$part/test.sh" </dev/null || failed="$failed $part"
done
if [ -n "$failed" ]; then
  echo "test: FAILED:$failed" >&2
  exit 1
fi
echo "test: passed: $*" >&2
