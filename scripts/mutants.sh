#!/usr/bin/env bash
# Break the pure middle at random places, and see whether a test notices: docs/mutants.md.
#
# Arguments go on to the driver: --count, --seed, --only 'benchmark/results/*', --jobs.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! .venv/bin/python -c "import cosmic_ray" 2>/dev/null; then
  echo "mutants: installing cosmic-ray into .venv" >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    -c constraints.txt -e ".[mutants]" >&2
fi
exec .venv/bin/python scripts/mutants "$@"
