#!/usr/bin/env bash
# The fault tests in their long form: 200 kills of the broker, pauses of a minute, a client that does not read for ten,
# 2,000 killed connections. `dotnet test` runs the same tests in their short form. Takes about an hour and the whole
# machine; needs Linux. Seeds are printed: ACTORBROKER_TEST_KILL_SEED=N tests/faults.sh Kills repeats a workload.
#
#   tests/faults.sh [NAME]    only the tests whose full name contains NAME, such as Kills, Files or Pauses
set -euo pipefail
cd "$(dirname "$0")/.."

export ACTORBROKER_TEST_LONG=1
export ACTORBROKER_TEST_KILL_ROUNDS=${ACTORBROKER_TEST_KILL_ROUNDS:-200}

project=tests/ActorBroker.Interop.Tests
dotnet build "$project" -c Release -v quiet --nologo
exec dotnet test "$project" -c Release --no-build --logger 'console;verbosity=detailed' \
  --filter "FullyQualifiedName~.Durability.${1:+&FullyQualifiedName~$1}"
