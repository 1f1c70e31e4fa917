#!/usr/bin/env bash
# On a Mac: build the app, install it on the iPhone at the cable, open it, and print what its
# self-check says.
#
# TEAM is the team of your Apple ID, BUNDLE_ID a name of your own for the app; IPHONE names one of
# several phones; PATIENCE_S is how long the app has to say something.
set -euo pipefail
cd "$(dirname "$0")/.."

bundle=${BUNDLE_ID:-org.irrvit.mobile}
patience_s=${PATIENCE_S:-120}
build=$PWD/ios_app/build/xcode
fail() {
  echo "iphone: $*" >&2
  exit 2
}

find_phone() { # JSON is what devicectl promises to scripts
  local list=$1
  xcrun devicectl list devices --quiet --json-output "$list" >/dev/null 2>&1 || return 0
  .venv/bin/python - "$list" <<'PYTHON'
import json, pathlib, sys

for device in json.loads(pathlib.Path(sys.argv[1]).read_text())["result"]["devices"]:
    is_phone = device.get("hardwareProperties", {}).get("platform") == "iOS"
    state = device.get("connectionProperties", {})
    if is_phone and state.get("pairingState") == "paired" and state.get("tunnelState") != "unavailable":
        print(device["identifier"])
        break
PYTHON
}

[ "$(uname)" = Darwin ] ||
  fail "only a Mac can build and sign the app; ios_app/README.md tells the way without one"
xcrun --find devicectl >/dev/null 2>&1 ||
  fail "needs Xcode 16 or later: install it from the App Store, open it once"
[ -n "${TEAM:-}" ] ||
  fail "say whose signature it bears: make iphone TEAM=ABCDE12345, with the team of your Apple ID (Xcode, Settings," \
    "Accounts), and BUNDLE_ID=com.example.irrvit if the app's name is taken"
log=$(mktemp -d)
trap 'kill "${console:-}" 2>/dev/null || true; rm -rf "$log"' EXIT
phone=${IPHONE:-$(find_phone "$log/devices.json")}
[ -n "$phone" ] ||
  fail "no iPhone is ready: plug one in, unlock it, accept this Mac, switch on Developer Mode"

scripts/ios_models.sh
echo "iphone: building (a minute or two)" >&2
xcodebuild build -quiet -project ios_app/IRRViT.xcodeproj -scheme IRRViT -configuration Release \
  -destination 'generic/platform=iOS' -derivedDataPath "$build" -allowProvisioningUpdates \
  DEVELOPMENT_TEAM="$TEAM" PRODUCT_BUNDLE_IDENTIFIER="$bundle" >&2 ||
  fail "Xcode could not build or sign it: open ios_app/IRRViT.xcodeproj, choose your team under Signing, try again"
xcrun devicectl device install app --device "$phone" \
  "$build/Build/Products/Release-iphoneos/IRRViT.app" >&2 ||
  fail "the app was not installed: unlock the phone, try again"
xcrun devicectl device process launch --console --terminate-existing --device "$phone" "$bundle" \
  >"$log/said" 2>&1 &
console=$!
for ((second = 0; second < patience_s; second++)); do
  if verdict=$(grep -i "irrvit: .*self-check" "$log/said"); then
    echo "$verdict"
    grep -q "self-check passed" <<<"$verdict" || exit 1
    exit 0
  fi
  kill -0 "$console" 2>/dev/null || break
  sleep 1
done
cat "$log/said" >&2
fail "the app did not say that it computes rightly: unlock the phone, trust the developer (Settings, General," \
  "VPN & Device Management), and look at its screen"
