#!/usr/bin/env bash
# Depth, many queues and recovery in their long forms: starts the built broker on an empty folder, and prints seconds
# and resident memory (MB). Needs Linux, both projects built with -c Release, and a quiet machine.
#
#   tests/store.sh depth [COUNT_100B] [COUNT_1KIB] [transient]     10000000 and 2000000
#   tests/store.sh many [QUEUES]                                   20000, five messages each
#   tests/store.sh recovery [COUNT]                                1000000 of 1 KiB, then kill -9
#
# PORT and DATA choose where; DATA is emptied.
set -euo pipefail
cd "$(dirname "$0")/.."
PORT=${PORT:-5678}
DATA=${DATA:-$(mktemp -d)}
BROKER=0

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
rss() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$BROKER/status"; }
perf() { dotnet src/ActorBroker.PerfTest/bin/Release/net10.0/actorbroker-perf.dll --port "$PORT" --json "$@"; }

start() {
  : > "$DATA.out"
  STARTED=$(now)
  dotnet src/ActorBroker.Server/bin/Release/net10.0/actorbroker.dll --data "$DATA" \
    --set actorbroker.listeners.amqp.host=127.0.0.1 --set actorbroker.listeners.amqp.port="$PORT" \
    --set actorbroker.listeners.http.enabled=off --set actorbroker.listeners.prometheus.enabled=off \
    > "$DATA.out" 2>> "$DATA.err" &
  BROKER=$!
  until grep -q ready: "$DATA.out"; do
    kill -0 "$BROKER"
    sleep 0.02
  done
  echo "ready after $(since "$STARTED") s, $(rss) MB"
}

stop() {
  if kill "-${1:-TERM}" "$BROKER" 2> /dev/null; then
    wait "$BROKER" || true
  fi
}

# Runs a command and says what it took, and the highest that memory was meanwhile.
measured() {
  local what=$1 begun peak=0 command
  shift
  begun=$(now)
  "$@" > "$DATA.run" &
  command=$!
  while kill -0 "$command" 2> /dev/null; do
    local at
    at=$(rss)
    peak=$((at > peak ? at : peak))
    sleep 0.1
  done
  wait "$command"
  echo "$what: $(since "$begun") s, memory at most $peak MB, then $(rss) MB"
}

idle() {
  sleep "$1"
  echo "idle for $1 s: $(rss) MB"
}

fill_and_drain() {
  local queue=$1 size=$2 count=$3
  shift 3
  measured "fill $count of $size bytes" perf --queue "$queue" --durable --size "$size" --count "$count" --fill-only "$@"
  idle 60
  measured "drain" perf --queue "$queue" --durable --size "$size" --prefetch 500 --ack-every 100 --drain-only
  idle 60
}

depth() {
  local mode=(--persistent --confirm 1000)
  if [ "${3:-}" = transient ]; then mode=(); fi
  start
  idle 15
  # What the runtime compiles under load is no matter of depth.
  measured "warm-up" perf --queue warm-up --durable --persistent --confirm 1000 --size 1024 --prefetch 500 --ack-every 100 --count 300000
  idle 15
  fill_and_drain small 100 "${1:-10000000}" "${mode[@]}"
  fill_and_drain large 1024 "${2:-2000000}" "${mode[@]}"
}

many() {
  local queues=${1:-20000} base
  start
  idle 15
  base=$(rss)
  measured "declare $queues queues, five messages each" \
    perf --exchange every --type fanout --queues "$queues" --durable --persistent --size 20 --count 5 --fill-only
  echo "$(awk -v base="$base" -v queues="$queues" '/^VmHWM/ { printf "%.1f", ($2 - base * 1024) / queues }' "/proc/$BROKER/status") KiB a queue at most"
  idle 30
  echo "$(awk -v base="$base" -v now="$(rss)" -v queues="$queues" 'BEGIN { printf "%.1f", (now - base) * 1024 / queues }') KiB a queue left"
  stop KILL
  start
  for _ in 1 2 3 4 5 6; do
    sleep 10
    echo "after $(since "$STARTED") s: $(rss) MB, $(awk '{ print ($14 + $15) / 100 }' "/proc/$BROKER/stat") s of CPU"
  done
}

recovery() {
  start
  measured "fill" perf --queue deep --durable --persistent --confirm 1000 --size 1024 --count "${1:-1000000}" --fill-only
  for _ in 1 2 3; do
    stop KILL
    start
    perf --queue deep --durable --size 1024 --prefetch 1 --count 1 --drain-only > /dev/null
    echo "first message after $(since "$STARTED") s, the start of its consumer included"
  done
}

trap stop EXIT
rm -rf "${DATA:?}"/*
case ${1:-} in
  depth | many | recovery) "$@" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
