#!/usr/bin/env bash
# Put networks into the page: exported if need be, then copied to web_app/public/models.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/python -m irrvit.export.app_models web web_app/public/models --target tflite
