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
shift
. "$(dirname "$0")/../server.sh"
options "$@"
for tool in redis-server redis-cli; do
  command -v "$tool" >/dev/null || { echo "start.sh: $tool is missing (redis-server)" >&2; exit 69; }
done

launch() {
  exec nohup redis-server --bind 127.0.0.1 --port "$1" --save '' --appendonly no --dir "$dir"
}
answers() {
  grep -q 'Ready to accept connections' "$dir/log"
}

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
serve
echo "redis://127.0.0.1:$chosen"
