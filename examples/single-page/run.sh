#!/bin/sh
# Installs what the sample needs beside it, and starts it with the values in settings.env.
set -eu
cd "$(dirname "$0")"
if [ -f settings.env ]; then set -a; . ./settings.env; set +a; fi
[ -d node_modules ] || npm install --ignore-scripts --no-audit --no-fund
exec "${NODE:-node}" serve.mjs
