#!/usr/bin/env bash
# The fault tests in their long form: 200 kills of the broker, pauses of a minute, a client that does not read for ten,
# 2,000 killed connections; and 300 faults of three nodes: killed, halted, cut off, restarted, without their database.
# `dotnet test` runs the same tests in their short form. Takes about four hours and the whole machine; needs Linux, and for
# several nodes root, iproute2 and PostgreSQL. Seeds are printed: ACTORBROKER_TEST_KILL_SEED=N tests/faults.sh Kills and
# ACTORBROKER_TEST_CLUSTER_SEED=N tests/faults.sh Faults repeat what was chosen.
#
#   tests/faults.sh [NAME]    only the tests whose full name contains NAME, such as Kills, Files, Pauses or Faults
set -euo pipefail
cd "$(dirname "$0")/.."

export ACTORBROKER_TEST_LONG=1
export ACTORBROKER_TEST_KILL_ROUNDS=${ACTORBROKER_TEST_KILL_ROUNDS:-200}
export ACTORBROKER_TEST_CLUSTER_ROUNDS=${ACTORBROKER_TEST_CLUSTER_ROUNDS:-300}

failed=0
for tests in Interop.Tests:Durability Cluster.Tests:Faults; do
  project=tests/ActorBroker.${tests%:*}
  dotnet build "$project" -c Release -v quiet --nologo
  dotnet test "$project" -c Release --no-build --logger 'console;verbosity=detailed' \
    --filter "FullyQualifiedName~.${tests#*:}.${1:+&FullyQualifiedName~$1}" || failed=1
done
exit "$failed"
