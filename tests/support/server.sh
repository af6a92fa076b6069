# Starts a server that takes its port as an argument; read by the start.sh of redis and s3.
#
# Before `serve`, the caller sets `dir`, and `port` where there is to be a certain one, and defines
#   launch PORT     becomes the server, by exec
#   answers PORT    whether it is ready
# `serve` leaves the server's log and pid in `dir`, and its port in `chosen`.

# Reads what follows DIR.
options() {
  port=
  while [ $# -gt 0 ]; do
    case $1 in
      --port) port=${2:?$usage}; shift ;;
      *) echo "$usage" >&2; exit 64 ;;
    esac
    shift
  done
}

# A port that is taken ends the server, and the next one is tried.
serve() {
  tries=0
  while :; do
    chosen=${port:-$(awk -v seed="$$$tries" 'BEGIN {srand(seed); print 20000 + int(rand() * 12000)}')}
    launch "$chosen" >"$dir/log" 2>&1 </dev/null &
    pid=$!
    waited=0
    while kill -0 "$pid" 2>/dev/null && ! answers "$chosen"; do
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
}
