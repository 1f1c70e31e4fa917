#!/usr/bin/env bash
# The checks that read the code and do not run it.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "lint: ruff check" >&2
.venv/bin/ruff check .
echo "lint: ruff format" >&2
.venv/bin/ruff format --check .
echo "lint: pyright" >&2
.venv/bin/pyright
