#!/usr/bin/env bash
# Part "web": the page, and the browser as a device of the benchmark.
set -euo pipefail
cd "$(dirname "$0")/../../.."

scripts/setup.sh
scripts/web.sh
echo "web: types, style and unit tests" >&2
npm --prefix web_app run --silent check
npm --prefix web_app run --silent test
