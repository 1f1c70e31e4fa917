#!/usr/bin/env bash
# Put networks into the page: exported if need be, then copied to web_app/public/models.
set -euo pipefail
cd "$(dirname "$0")/.."

artifacts=()
for model in efficientnet_lite0 irrvit_fashion; do
  .venv/bin/irrvit-export --model "$model" --target tflite --out "artifacts/$model" >&2
  artifacts+=("artifacts/$model/tflite-fp32")
done
.venv/bin/python -m irrvit.export.web_models "${artifacts[@]}"
