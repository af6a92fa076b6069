#!/bin/sh
# Stops the server that start.sh started with this DIR, and waits until it is gone.
set -eu
dir=${1:?usage: stop.sh DIR}
[ -f "$dir/pid" ] || exit 0
pid=$(cat "$dir/pid")
rm -f "$dir/pid"
kill "$pid" 2>/dev/null || exit 0
tries=0
while kill -0 "$pid" 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || { kill -9 "$pid" 2>/dev/null || true; break; }
  sleep 0.1
done
