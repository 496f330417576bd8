#!/bin/sh
# Installs what the sample needs beside it, and starts it with the values in settings.env.
set -eu
cd "$(dirname "$0")"
if [ -f settings.env ]; then set -a; . ./settings.env; set +a; fi
if [ -z "${PYTHON:-}" ]; then
    [ -d .venv ] || python3 -m venv .venv
    .venv/bin/pip install --quiet --requirement requirements.txt
    PYTHON=.venv/bin/python
fi
exec "$PYTHON" app.py
