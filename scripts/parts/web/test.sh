#!/usr/bin/env bash
# Part "web": the page, and the browser as a device of the benchmark.
set -euo pipefail
cd "$(dirname "$0")/../../.."

scripts/setup.sh
scripts/web_models.sh
scripts/web.sh
echo "web: types, style and unit tests" >&2
npm --prefix web_app run --silent check
npm --prefix web_app run --silent test
# One after another: some compare times.
echo "web: pytest, in three real browsers" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest --require-extras --durations=10 tests/web
