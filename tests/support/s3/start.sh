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
shift
. "$(dirname "$0")/../server.sh"
options "$@"
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

launch() {
  ROOT_ACCESS_KEY=parley ROOT_SECRET_KEY=parley-tests exec nohup "$server" --port "127.0.0.1:$1" \
    --quiet --health /health posix "$dir/data"
}
answers() {
  curl -fs "http://127.0.0.1:$1/health" >/dev/null
}

serve
echo "http://parley:parley-tests@127.0.0.1:$chosen/parley"
