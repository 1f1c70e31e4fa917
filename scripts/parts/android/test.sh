#!/usr/bin/env bash
# Part "android": the app, its core on the golden cases, its screens, and the APK itself.
set -euo pipefail
cd "$(dirname "$0")/../../.."

scripts/setup.sh
scripts/android_apk.sh
echo "android: JUnit" >&2
.venv/bin/python android_app/build.py test
.venv/bin/python android_app/build.py worker
echo "android: pytest" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest --require-extras --durations=10 tests/android \
  tests/benchmark/android/test_kotlin.py
