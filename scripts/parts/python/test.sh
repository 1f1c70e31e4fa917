#!/usr/bin/env bash
# Part "python": the network, the export and the benchmark.
set -euo pipefail
cd "$(dirname "$0")/../../.."

scripts/setup.sh
scripts/lint.sh
echo "python: the TensorFlow environment of the second runner" >&2
.venv/bin/python -m irrvit.export.tensorflow.environment >&2
# The tests of tests/web need the built page, those of the app the app: their parts run them.
# Of one thread each, and one more than 2 cores: some wait for a phone or for a cluster.
echo "python: pytest" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 3 --dist worksteal --require-extras --durations=10 \
  --ignore tests/web --ignore tests/android --ignore tests/ios \
  --ignore tests/benchmark/android/test_kotlin.py
