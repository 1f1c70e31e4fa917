#!/usr/bin/env bash
# Build web_app/dist from web_app; its packages are installed when the lock file has changed.
set -euo pipefail
cd "$(dirname "$0")/../web_app"

say() { echo "web: $*" >&2; }

if ! command -v npm >/dev/null || ! node -e \
  'const [major, minor] = process.versions.node.split(".").map(Number);
   process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'; then
  say "needs Node.js 20.19 or later with npm and found" \
    "$(node --version 2>/dev/null || echo none); install it, for example from nodejs.org" \
    "(Debian 12's own package is too old) or by 'brew install node' on macOS"
  exit 1
fi

stamp=node_modules/made-from
key=$(cat package.json package-lock.json | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$key" ]; then
  say "installing what package-lock.json names (350 MB)"
  npm ci --loglevel error >&2
  echo "$key" >"$stamp"
fi
npm run --silent build -- --logLevel warn >&2
say "built web_app/dist"
