#!/usr/bin/env bash
# Install the app on the phone that adb sees, open it, and print what its self-check says.
#
# ADB_SERIAL names one of several phones.
set -euo pipefail
cd "$(dirname "$0")/.."

app=org.irrvit.mobile
patience_s=60
adb() { command adb ${ADB_SERIAL:+-s "$ADB_SERIAL"} "$@"; }
fail() {
  echo "phone: $*" >&2
  exit 2
}

state=$(adb get-state 2>&1) || fail "no phone is ready ($state): connect one by USB, switch on USB debugging" \
  "and accept this computer on its screen; with several phones, set ADB_SERIAL"
adb install -r -t artifacts/irrvit.apk >&2 || fail "the app was not installed; if another signature has its name:" \
  "adb uninstall $app"
adb logcat -c
adb shell am start -W -n "$app/.MainActivity" >&2
for ((second = 0; second < patience_s; second++)); do
  if verdict=$(adb logcat -d -s irrvit:I | grep -i self-check); then
    echo "$verdict"
    grep -q "self-check passed" <<<"$verdict" || exit 1
    exit 0
  fi
  sleep 1
done
fail "the app said nothing within $patience_s s: is the phone unlocked? look at its screen and at adb logcat"
