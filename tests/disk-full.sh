#!/usr/bin/env bash
# A disk that fills up under a publisher and has room again later, with the disk alarm off. Needs root, for a small file
# system in memory. Fails when the publisher does not wait, does not go on, or a confirmed message is missing.
#
#   sudo tests/disk-full.sh [SECONDS_FULL=30]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds_full=${1:-30}
message_bytes=1024
messages=250000

dotnet build src/ActorBroker.Server -c Release -v quiet --nologo
dotnet build src/ActorBroker.PerfTest -c Release -v quiet --nologo

work=$(mktemp -d)
mkdir "$work/disk"
mount -t tmpfs -o size=150m tmpfs "$work/disk"
dotnet src/ActorBroker.Server/bin/Release/net10.0/actorbroker.dll --data "$work/disk/data" \
  --set actorbroker.listeners.amqp.host=127.0.0.1 --set actorbroker.listeners.amqp.port=0 \
  --set actorbroker.listeners.http.enabled=off --set actorbroker.listeners.prometheus.enabled=off \
  --set actorbroker.alarms.disk-free-limit=0 > "$work/out" 2> "$work/err" &
broker=$!
trap 'kill $broker; wait $broker || true; umount "$work/disk"; rm -rf "$work"' EXIT
until grep -q ready: "$work/out"; do kill -0 $broker; sleep 0.2; done
port=$(sed -n 's/.*ready: amqp 127.0.0.1:\([0-9]*\).*/\1/p' "$work/out")

perf() { dotnet src/ActorBroker.PerfTest/bin/Release/net10.0/actorbroker-perf.dll --port "$port" --size $message_bytes --persistent --json "$@"; }

perf --queue other --fill-only --confirm 1000 --count 1000
perf --queue full --fill-only --confirm 1000 --count $messages --patience 600 > "$work/filled" &
publisher=$!
until grep -q 'database or disk is full' "$work/out" "$work/err"; do
  kill -0 $publisher || { echo "FAILED: the disk did not fill up"; exit 1; }
  sleep 1
done
echo "the disk is full; another queue's consumer:"
perf --queue other --drain-only --prefetch 100
sleep "$seconds_full"
kill -0 $publisher || { echo "FAILED: the publisher did not wait"; cat "$work/filled"; exit 1; }

mount -o remount,size=1g "$work/disk"
wait $publisher
cat "$work/filled"
perf --queue full --drain-only --prefetch 500 --ack-every 100 > "$work/drained"
cat "$work/drained"
grep -q "\"confirmed\":$messages,\"rejected\":0" "$work/filled" || { echo "FAILED: not everything was confirmed"; exit 1; }
grep -q "\"consumed\":$messages,.*\"lost\":0,\"duplicates\":0,\"outOfOrder\":0" "$work/drained" || { echo "FAILED: what was confirmed was not delivered once"; exit 1; }
echo "PASSED"
