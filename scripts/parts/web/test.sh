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
echo "web: pytest, the page in three real browsers" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist worksteal --require-extras --durations=10 \
  tests/web/engines
# One after another: some compare times.
echo "web: pytest, the rest in Chromium" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest --require-extras --durations=10 tests/web \
  --ignore tests/web/engines
