#!/usr/bin/env bash
# Run the app's benchmark worker on this machine: worker.sh [--port N] [--root FOLDER] [--facts FILE].
#
# On Linux IRRVIT_ORACLE names the port of tests/ios/oracle.py, which plays Core ML. The worker is
# what `swift.sh swift build -c release --scratch-path build/swift --product worker` has built.
set -euo pipefail
cd "$(dirname "$0")/../../.."

worker=$PWD/ios_app/build/swift/release/worker
if [ ! -x "$worker" ]; then
  echo "worker: build it first: scripts/parts/ios/swift.sh swift build -c release" \
    "--scratch-path build/swift --product worker" >&2
  exit 2
fi
if swift --version >/dev/null 2>&1; then
  exec "$worker" "$@"
fi
tree=${IRRVIT_SWIFT_TREE:-${XDG_CACHE_HOME:-$HOME/.cache}/irrvit/swift}
loader=$(echo "$tree"/lib*/ld-linux-*.so.*)
libraries=$(echo "$tree"/usr/lib/*-linux-gnu)
exec "${loader%% *}" --library-path "$libraries:$tree/usr/libexec/swift/lib/swift/linux" "$worker" "$@"
