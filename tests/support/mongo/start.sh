#!/bin/sh
# Starts a MongoDB-protocol server for the tests and prints its URI, once it answers.
#
#   start.sh DIR [--disk] [--port PORT]     DIR takes the pid, the log and, with --disk, the data
#   ../stop.sh DIR
#
# Needs a JDK (17 or later) and Maven; the jars are fetched once and kept in ${XDG_CACHE_HOME:-$HOME/.cache}/parley.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
usage="usage: start.sh DIR [--disk] [--port PORT]"
dir=${1:?$usage}
shift
disk= port=0
while [ $# -gt 0 ]; do
  case $1 in
    --disk) disk=yes ;;
    --port) port=${2:?$usage}; shift ;;
    *) echo "$usage" >&2; exit 64 ;;
  esac
  shift
done
for tool in java javac; do
  command -v "$tool" >/dev/null || { echo "start.sh: $tool is missing (default-jdk-headless)" >&2; exit 69; }
done

# The folder is named after what it is made from, and appears whole: starts at the same time do not meet.
stamp=$(cat "$here/pom.xml" "$here/MongoServer.java" | cksum | tr -d ' \t')
cache=${XDG_CACHE_HOME:-$HOME/.cache}/parley/mongo-$stamp
if [ ! -d "$cache" ]; then
  command -v mvn >/dev/null || { echo "start.sh: mvn is missing (maven)" >&2; exit 69; }
  mkdir -p "$(dirname "$cache")"
  made=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$made"' EXIT
  cp "$here/pom.xml" "$made/pom.xml"
  mvn -q -B -f "$made/pom.xml" dependency:copy-dependencies -DoutputDirectory="$made/lib" >&2
  javac -cp "$made/lib/*" -d "$made/classes" "$here/MongoServer.java" >&2
  mv -T "$made" "$cache" 2>/dev/null || [ -d "$cache" ]
  rm -rf "$made"
  trap - EXIT
fi

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
set -- "$port"
[ -z "$disk" ] || set -- "$@" "$dir/data.mv"
: >"$dir/log"
nohup java -Xmx512m -cp "$cache/classes:$cache/lib/*" Launcher "$@" >"$dir/log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$dir/pid"
tries=0
until uri=$(sed -n 's/^ready //p' "$dir/log") && [ -n "$uri" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
    echo "start.sh: the server did not start" >&2
    cat "$dir/log" >&2
    kill "$pid" 2>/dev/null || true
    exit 1
  fi
  sleep 0.1
done
echo "$uri"
