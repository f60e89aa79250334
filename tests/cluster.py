#!/usr/bin/env python3
"""What a message costs in a cluster: a queue on the client's node, on another node, ten queues on each of three nodes.

Starts three built brokers and a PostgreSQL (Debian's package) of their own on 127.0.0.1 and loads them with the built load
generator; brokers and generator need to be built with -c Release, the machine to be quiet, and the system to be Linux.
Prints messages a second, and microseconds of CPU (user and system) for each: of the brokers, and of the database.

  tests/cluster.py [--seconds 5] [--runs 3] [--size 1024]
"""
import argparse
import contextlib
import glob
import json
import os
import re
import socket
import statistics
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BROKER = os.path.join(ROOT, "src/ActorBroker.Server/bin/Release/net10.0/actorbroker.dll")
PERF = os.path.join(ROOT, "src/ActorBroker.PerfTest/bin/Release/net10.0/actorbroker-perf.dll")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
NODES = 3
QUEUES = 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(process):
    """Of a process and its living children."""
    total = 0.0
    children = open(f"/proc/{process}/task/{process}/children", encoding="ascii").read().split()
    for each in [process, *children]:
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{each}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15]) if each == process else int(fields[11]) + int(fields[12])
    return total / TICKS_A_SECOND


@contextlib.contextmanager
def database():
    """A PostgreSQL as its package sets it up, and its port."""
    programs = max(glob.glob("/usr/lib/postgresql/*/bin"))
    user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        data, port = os.path.join(folder, "data"), free_port()
        quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
        subprocess.run([*user, f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C"], check=True, **quiet)
        server = subprocess.Popen(
            [*user, f"{programs}/postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "max_wal_size=4GB"], stderr=subprocess.DEVNULL, **quiet)
        ready = [*user, f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        while subprocess.run(ready, check=False, **quiet).returncode != 0:
            if server.poll() is not None:
                raise SystemExit("PostgreSQL did not start")
        try:
            yield server.pid, port
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def cluster(database_port):
    """The processes of three nodes, each with the port of its listener; new queues go to their client's node."""
    ports = [free_port() for _ in range(NODES)]
    seeds = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    with contextlib.ExitStack() as stack:
        nodes = []
        for port in ports:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            arguments = ["dotnet", BROKER, "--data", os.path.join(folder, "data"), "--profile", "cluster", "--node-port", str(port)]
            for setting in [
                f"actorbroker.cluster.seeds=[{seeds}]", "actorbroker.journal.provider=postgresql",
                f'actorbroker.journal.connection-string="Host=127.0.0.1;Port={database_port};Username=postgres;Database=postgres"',
                "actorbroker.queue.leader-locator=client-local", "actorbroker.listeners.amqp.host=127.0.0.1",
                "actorbroker.listeners.amqp.port=0", "actorbroker.listeners.http.enabled=off", "actorbroker.listeners.prometheus.enabled=off",
            ]:
                arguments += ["--set", setting]
            process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            nodes.append(process)
        listeners = []
        for process in nodes:
            line = next((line for line in process.stdout if "ready:" in line), "")
            found = re.search(r"\bamqp 127\.0\.0\.1:(\d+)", line)
            if not found:
                raise SystemExit("a node did not start")
            listeners.append(int(found.group(1)))
        yield [process.pid for process in nodes], listeners


def start_load(port, *arguments):
    command = ["dotnet", PERF, "--port", port, "--json", "--keep", *arguments]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def result(run):
    output = run.communicate()[0]
    if run.returncode != 0:
        raise SystemExit(f"failed: {' '.join(run.args)}: {output}")
    return json.loads(output)


def measure(processes, places, mode, seconds):
    """Messages a second, and CPU microseconds a message of brokers and database, of clients that each use queues somewhere."""
    brokers, server = processes
    for client, home, queues in places:
        # Whoever declares a queue has it; compiled code and open routes come before measuring, too.
        result(start_load(home, *queues, *mode, "--count", 1000))
        result(start_load(client, *queues, *mode, "--duration", 2))
    before = [sum(map(cpu_seconds, brokers)), cpu_seconds(server)]
    runs = [result(run) for run in [start_load(client, *queues, *mode, "--duration", seconds) for client, _, queues in places]]
    after = [sum(map(cpu_seconds, brokers)), cpu_seconds(server)]
    count = sum(run["consumed"] for run in runs)
    return [sum(run["consumed"] / run["seconds"] for run in runs), *[(end - begin) * 1e6 / count for begin, end in zip(before, after)]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024)
    options = parser.parse_args()
    size = ["--size", options.size]
    modes = [
        ("transient, automatic acknowledgement", [*size, "--autoack"]),
        ("persistent, confirms, acknowledgements", [*size, "--persistent", "--confirm", 1000, "--prefetch", 500, "--ack-every", 100]),
    ]
    with database() as (server, database_port), cluster(database_port) as (brokers, ports):
        for number, (meaning, mode) in enumerate(modes):
            print(f"\n| {meaning}, {options.size} B | msg/s | brokers, CPU us/msg | database, CPU us/msg |\n|---|---|---|---|")

            def one(name):
                return ["--queue", f"{name}-{number}"]

            def ten(node, name):
                return ["--queue", f"{name}-{number}-{node}-{{0}}", "--queues", QUEUES, "--producers", QUEUES, "--consumers", QUEUES]

            neighbours = [(ports[node], ports[(node + 1) % NODES], ten(node, "far")) for node in range(NODES)]
            for where, places in [
                ("one queue, on the client's node", [(ports[0], ports[0], one("near"))]),
                ("one queue, on another node", [(ports[0], ports[1], one("far"))]),
                ("three nodes, ten queues each, on the client's node", [(port, port, ten(node, "near")) for node, port in enumerate(ports)]),
                ("three nodes, ten queues each, on another node", neighbours),
            ]:
                runs = [measure((brokers, server), places, mode, options.seconds) for _ in range(options.runs)]
                rate, broker, stored = (statistics.median(run[part] for run in runs) for part in range(3))
                print(f"| {where} | {rate:,.0f} | {broker:.2f} | {stored:.2f} |", flush=True)


main()
