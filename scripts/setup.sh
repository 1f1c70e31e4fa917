#!/usr/bin/env bash
# Build .venv from constraints.txt; instant when it is current.
#
# PYTHON names another interpreter. Nothing outside the checkout is written.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

# The versions for which every wheel of constraints.txt exists.
supported='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

find_python() {
  local name
  for name in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    if "$name" -c "$supported" 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  say "needs Python 3.11, 3.12 or 3.13 and found none${PYTHON:+ in PYTHON=$PYTHON};" \
    "install one, for example 'apt-get install python3 python3-venv' on Debian 12" \
    "or 'brew install python@3.11' on macOS, or name one: make setup PYTHON=/path/to/python3.11"
  return 1
}

key() { # what the environment was made from; a moved checkout is another one
  "$1" - "$PWD" <<'END'
import hashlib, pathlib, sys
files = [pathlib.Path(name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
print(hashlib.sha256(b"\0".join([*files, sys.version.encode(), sys.argv[1].encode()])).hexdigest())
END
}

python=$(find_python)
stamp=.venv/made-from
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(key "$python")" ]; then
  exit 0
fi

scripts/system-packages.sh scripts/setup-packages.txt "make setup"
if [ "$(.venv/bin/python -V 2>/dev/null)" != "$("$python" -V)" ]; then
  say "making .venv with $("$python" -V)"
  "$python" -m venv --clear .venv
fi
rm -f "$stamp"
say "installing what constraints.txt names (about 7 GB on Linux, several minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
  -c constraints.txt -e ".[all,test]" >&2
key "$python" >"$stamp"
say "done: .venv is current"
