#!/usr/bin/env bash
# Part "ios": the app, its core on the golden cases, its screens, and what Xcode is given.
set -euo pipefail
cd "$(dirname "$0")/../../.."

scripts/setup.sh
# The oracle plays Core ML for this network, too; it is not committed.
.venv/bin/irrvit-export --model efficientnet_lite0 --target coreml --out artifacts/efficientnet_lite0 >&2
options=(-c release -j 2 -Xswiftc -enable-testing --scratch-path build/swift)
echo "ios: compiling (minutes the first time)" >&2
scripts/parts/ios/swift.sh swift build --build-tests "${options[@]}" >&2
scripts/parts/ios/swift.sh swift build --product worker "${options[@]}" >&2
scripts/parts/ios/swift.sh swift format lint --strict -r \
  Core Runtime App Worker Bench Stubs Tests Package.swift >&2
echo "ios: Swift tests, on stand-ins for Apple's frameworks" >&2
# Every argument of every test has a line of its own otherwise.
.venv/bin/python tests/ios/oracle.py --while \
  scripts/parts/ios/swift.sh swift test --no-parallel --skip-build "${options[@]}" | grep -v "^◇"
if command -v go >/dev/null && [ ! -x ios_app/build/bin/actionlint ]; then
  echo "ios: fetching actionlint, which reads the workflow" >&2
  GOBIN=$PWD/ios_app/build/bin go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 >&2 ||
    echo "ios: it cannot be had just now; its test is left out" >&2
fi
echo "ios: pytest" >&2
OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist worksteal --require-extras --durations=10 tests/ios
