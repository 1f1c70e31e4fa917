#!/usr/bin/env bash
# Put networks into the iPhone app: exported if need be, then copied to ios_app/BuiltIn.
set -euo pipefail
cd "$(dirname "$0")/.."

models=(${MODELS:-efficientnet_lite0})
for model in "${models[@]}"; do
  .venv/bin/irrvit-export --model "$model" --target coreml --out "artifacts/$model" >&2
done
.venv/bin/python ios_app/assets.py "${models[@]}"
echo "ios: ios_app/BuiltIn/models has $(cd ios_app/BuiltIn/models && echo *)" >&2
