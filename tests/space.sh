#!/usr/bin/env bash
# How large the data folder becomes under traffic at full rate past a backlog, and after the backlog is drained.
# Fails when it ends above three times the backlog, or does not become small within a minute of the drain.
#
#   tests/space.sh [SECONDS=600] [BACKLOG_MB=300]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
backlog_mb=${2:-300}
small_mb=48
message_bytes=1024

dotnet build src/ActorBroker.Server -c Release -v quiet --nologo
dotnet build src/ActorBroker.PerfTest -c Release -v quiet --nologo

work=$(mktemp -d)
dotnet src/ActorBroker.Server/bin/Release/net10.0/actorbroker.dll --data "$work/data" \
  --set actorbroker.listeners.amqp.host=127.0.0.1 --set actorbroker.listeners.amqp.port=0 \
  --set actorbroker.listeners.http.enabled=off --set actorbroker.listeners.prometheus.enabled=off > "$work/out" 2> "$work/err" &
broker=$!
trap 'kill $broker; wait $broker || true; rm -rf "$work"' EXIT
until grep -q ready: "$work/out"; do kill -0 $broker; sleep 0.2; done
port=$(sed -n 's/.*ready: amqp 127.0.0.1:\([0-9]*\).*/\1/p' "$work/out")

perf() { dotnet src/ActorBroker.PerfTest/bin/Release/net10.0/actorbroker-perf.dll --port "$port" --size $message_bytes --persistent --json "$@"; }
folder_mb() { du -sm --apparent-size "$work/data" | cut -f1; }

perf --queue backlog --fill-only --confirm 1000 --count $((backlog_mb * 1000000 / message_bytes))
echo "backlog of $backlog_mb MB: folder of $(folder_mb) MB"

perf --queue traffic --confirm 1000 --prefetch 500 --ack-every 100 --duration "$seconds" &
traffic=$!
while kill -0 $traffic 2> /dev/null; do
  sleep 5
  echo "under traffic: folder of $(folder_mb) MB"
done
wait $traffic
with_backlog=$(folder_mb)

perf --queue backlog --drain-only --prefetch 500 --ack-every 100
drained=$(folder_mb)
for ((waited = 0; waited < 60 && drained > small_mb; waited += 5)); do
  sleep 5
  drained=$(folder_mb)
  echo "drained: folder of $drained MB"
done

((with_backlog < 3 * backlog_mb)) || { echo "FAILED: $with_backlog MB with a backlog of $backlog_mb MB"; exit 1; }
((drained <= small_mb)) || { echo "FAILED: $drained MB a minute after the drain"; exit 1; }
echo "PASSED: $with_backlog MB with a backlog of $backlog_mb MB, $drained MB without"
