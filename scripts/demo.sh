#!/usr/bin/env bash
# The main job: export two networks to every format, prove them, look at pictures with them.
set -euo pipefail
cd "$(dirname "$0")/.."

networks=$(.venv/bin/python -m irrvit.export.demo --networks)
for model in $networks; do
  echo "demo: irrvit-export --model $model" >&2
  .venv/bin/irrvit-export --model "$model" --out "artifacts/$model"
done
echo "demo: what each file says about pictures" >&2
.venv/bin/python -m irrvit.export.demo
