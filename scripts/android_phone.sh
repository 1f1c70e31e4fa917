#!/usr/bin/env bash
# Install the app on the phone that adb sees, open it, and print what its self-check says.
#
# ADB_SERIAL names one of several phones; PATIENCE_S is how long the app has to say something.
set -euo pipefail
cd "$(dirname "$0")/.."

app=org.irrvit.mobile
patience_s=${PATIENCE_S:-60}
adb() { command adb ${ADB_SERIAL:+-s "$ADB_SERIAL"} "$@"; }
fail() {
  echo "phone: $*" >&2
  exit 2
}

state=$(adb get-state 2>&1) || fail "no phone is ready ($state): connect one by USB, switch on USB debugging" \
  "and accept this computer on its screen; with several phones, set ADB_SERIAL"
adb install -r -t artifacts/irrvit.apk >&2 || fail "the app was not installed; if another signature has its name:" \
  "adb uninstall $app"
adb logcat -c || fail "the phone's log cannot be cleared: is it still connected?"
adb shell am start -W -n "$app/.MainActivity" >&2 || fail "the app cannot be opened: unlock the phone, try again"
for ((second = 0; second < patience_s; second++)); do
  if verdict=$(adb logcat -d -s irrvit:I | grep -i self-check); then
    echo "$verdict"
    grep -q "self-check passed" <<<"$verdict" || exit 1
    exit 0
  fi
  sleep 1
done
adb logcat -d -s irrvit:I >&2 || fail "the phone is gone: connect it again"
fail "the app did not say within $patience_s s that it computes rightly: look at its screen, and at its log above"
