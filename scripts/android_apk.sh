#!/usr/bin/env bash
# Build the camera classifier for Android: artifacts/irrvit.apk, with two networks inside.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/system-packages.sh scripts/parts/android/system-packages.txt "make apk"
.venv/bin/python -m irrvit.export.app_models android android_app/build/assets/models --target tflite
echo "android: compiling, packing and signing (a minute; the first time also 800 MB of jars)" >&2
.venv/bin/python android_app/build.py apk >/dev/null
cp android_app/build/irrvit.apk artifacts/irrvit.apk.partial
mv artifacts/irrvit.apk.partial artifacts/irrvit.apk
echo artifacts/irrvit.apk
