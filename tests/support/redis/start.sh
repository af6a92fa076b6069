#!/bin/sh
# Starts a Redis server for the tests, keeping nothing on disk, and prints its URL once it answers.
#
#   start.sh DIR [--port PORT]     DIR takes the pid and the log
#   ../stop.sh DIR
#
# Needs redis-server (Debian: redis-server).
set -eu
usage="usage: start.sh DIR [--port PORT]"
dir=${1:?$usage}
port=
shift
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=${2:?$usage}; shift ;;
    *) echo "$usage" >&2; exit 64 ;;
  esac
  shift
done
for tool in redis-server redis-cli; do
  command -v "$tool" >/dev/null || { echo "start.sh: $tool is missing (redis-server)" >&2; exit 69; }
done

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# A port that is taken ends the server, and the next one is tried.
tries=0
while :; do
  chosen=${port:-$(awk -v seed="$$$tries" 'BEGIN {srand(seed); print 20000 + int(rand() * 12000)}')}
  nohup redis-server --bind 127.0.0.1 --port "$chosen" --save '' --appendonly no --dir "$dir" \
    >"$dir/log" 2>&1 </dev/null &
  pid=$!
  waited=0
  while kill -0 "$pid" 2>/dev/null && ! grep -q 'Ready to accept connections' "$dir/log"; do
    waited=$((waited + 1))
    [ "$waited" -le 100 ] || kill "$pid" 2>/dev/null || true
    sleep 0.05
  done
  if kill -0 "$pid" 2>/dev/null; then break; fi
  tries=$((tries + 1))
  if [ -n "$port" ] || [ "$tries" -ge 10 ]; then
    echo "start.sh: the server did not start" >&2
    cat "$dir/log" >&2
    exit 1
  fi
done
echo "$pid" >"$dir/pid"
echo "redis://127.0.0.1:$chosen"
