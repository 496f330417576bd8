#!/bin/sh
# Starts the sample with the values in settings.env.
set -eu
cd "$(dirname "$0")"
if [ -f settings.env ]; then set -a; . ./settings.env; set +a; fi
exec "${PYTHON:-python3}" device.py
