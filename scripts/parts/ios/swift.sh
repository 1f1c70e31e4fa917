#!/usr/bin/env bash
# Run swift, or another program, in ios_app: swift.sh COMMAND [ARGUMENT...], for example swift.sh swift test.
#
# `swift` on the PATH is used where there is one. Elsewhere the command runs in a tree with Swift
# (swift_tree.py), which sees this checkout and the temporary folder under their own names.
set -euo pipefail
cd "$(dirname "$0")/../../.."
checkout=$PWD

if swift --version >/dev/null 2>&1; then
  cd ios_app
  exec "$@"
fi

tree=$(.venv/bin/python scripts/parts/ios/swift_tree.py)
temporary=${TMPDIR:-/tmp}
# What is mounted is gone with the namespace: nothing stays behind, however this ends. Swift finds
# its own libraries by /proc/self/exe.
export tree checkout temporary
exec unshare --mount --propagation private bash -euo pipefail -c '
  mkdir -p "$tree$checkout" "$tree$temporary"
  mount --rbind /proc "$tree/proc"
  mount --bind /dev "$tree/dev"
  mount --bind "$checkout" "$tree$checkout"
  mount --bind "$temporary" "$tree$temporary"
  exec chroot "$tree" env HOME=/root LC_ALL=C.UTF-8 PATH=/usr/bin:/bin \
    bash -c "cd \"\$0/ios_app\" && exec \"\$@\"" "$checkout" "$@"
' bash "$@"
