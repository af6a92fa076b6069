#!/bin/sh
# Starts an S3 server for the tests, with an empty bucket in DIR, and prints its URL once it answers:
# http://KEY:SECRET@HOST:PORT/BUCKET.
#
#   start.sh DIR [--port PORT]     DIR takes the objects, the pid and the log
#   ../stop.sh DIR
#
# Needs versitygw; without it, go, which builds it once into DIR/bin or GOBIN.
set -eu
usage="usage: start.sh DIR [--port PORT]"
version=v1.8.0
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
mkdir -p "$dir/data/parley"
dir=$(cd "$dir" && pwd)
bin=${GOBIN:-$(go env GOPATH 2>/dev/null || echo "$dir")/bin}
server=$(command -v versitygw || echo "$bin/versitygw")
if [ ! -x "$server" ]; then
  command -v go >/dev/null || { echo "start.sh: versitygw and go are missing" >&2; exit 69; }
  GOBIN=$bin go install "github.com/versity/versitygw/cmd/versitygw@$version" >"$dir/build.log" 2>&1 || {
    cat "$dir/build.log" >&2
    exit 1
  }
fi

# A port that is taken ends the server, and the next one is tried.
tries=0
while :; do
  chosen=${port:-$(awk -v seed="$$$tries" 'BEGIN {srand(seed); print 20000 + int(rand() * 12000)}')}
  ROOT_ACCESS_KEY=parley ROOT_SECRET_KEY=parley-tests nohup "$server" --port "127.0.0.1:$chosen" \
    --quiet --health /health posix "$dir/data" >"$dir/log" 2>&1 </dev/null &
  pid=$!
  waited=0
  while kill -0 "$pid" 2>/dev/null && ! curl -fs "http://127.0.0.1:$chosen/health" >/dev/null; do
    waited=$((waited + 1))
    [ "$waited" -le 200 ] || kill "$pid" 2>/dev/null || true
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
echo "http://parley:parley-tests@127.0.0.1:$chosen/parley"
