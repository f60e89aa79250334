#!/usr/bin/env python3
"""How the cost of a message grows with connections, queues, bindings, body size and backlog.

Starts the built broker on an empty folder for each row and loads it with the built load generator; both need to be
built with -c Release, the machine to be quiet, and the system to be Linux. Prints a table for each dimension: messages
a second, microseconds of CPU (user and system) of the broker's process for each, and the same against the first row.
What grows faster than it must stands out in the plot.

  tests/growth.py [--only connections,queues,direct,topic,bodies,backlog] [--seconds 3] [--runs 1] [--svg tests/growth.svg]
"""
import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BROKER = os.path.join(ROOT, "src/ActorBroker.Server/bin/Release/net10.0/actorbroker.dll")
PERF = os.path.join(ROOT, "src/ActorBroker.PerfTest/bin/Release/net10.0/actorbroker-perf.dll")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
TRANSIENT = ["--autoack", "--size", "1024"]


def connections(count):
    each = count // 2
    return [["--producers", each, "--consumers", each, "--queues", each, *TRANSIENT]]


def queues(count):
    return [["--exchange", "growth", "--queues", count, "--keys", count, *TRANSIENT]]


def bindings(exchange_type):
    return lambda count: [["--exchange", "growth", "--type", exchange_type, "--queues", 10, "--keys", count, *TRANSIENT]]


def bodies(size):
    return [["--autoack", "--size", size]]


def backlog(count):
    queue = ["--queue", "growth", "--size", 100, "--persistent", "--count", count]
    return [[*queue, "--confirm", 1000, "--fill-only"], [*queue, "--prefetch", 500, "--ack-every", 100, "--drain-only"]]


# Name, what the values are, values, load.
DIMENSIONS = [
    ("connections", "connections, half of them consumers, a queue for each two; 1 KiB", [2, 8, 32, 128], connections),
    ("queues", "queues that one connection publishes to in turn and one consumes; 1 KiB", [1, 10, 100, 1000, 10000], queues),
    ("direct", "bindings of a direct exchange, used in turn, to 10 queues; 1 KiB", [10, 100, 1000, 10000, 100000], bindings("direct")),
    ("topic", "bindings of a topic exchange, used in turn, to 10 queues; 1 KiB", [10, 100, 1000, 10000, 100000], bindings("topic")),
    ("bodies", "bytes of body", [16, 256, 1024, 16384, 262144, 4194304], bodies),
    ("backlog", "persistent messages of 100 B, first all published and confirmed, then all consumed", [1000, 10000, 100000, 1000000, 5000000], backlog),
]


class Broker:
    """The broker in a process of its own, on an empty folder and a free port."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        settings = {"actorbroker.listeners.amqp.host": "127.0.0.1", "actorbroker.listeners.amqp.port": 0,
                    "actorbroker.listeners.http.enabled": "off", "actorbroker.listeners.prometheus.enabled": "off"}
        arguments = ["dotnet", BROKER, "--data", os.path.join(self.folder, "data")]
        for key, value in settings.items():
            arguments += ["--set", f"{key}={value}"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        ready = re.search(r"ready: amqp 127\.0\.0\.1:(\d+)", line)
        if not ready:
            raise SystemExit(f"the broker did not start: {line}")
        self.port = int(ready.group(1))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def load(broker, arguments):
    command = ["dotnet", PERF, "--port", broker.port, "--json", *arguments]
    run = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"failed: {' '.join(str(part) for part in command)}: {run.stdout}")
    return json.loads(run.stdout)


def measure(steps, seconds):
    """Messages a second and CPU microseconds a message, published and consumed."""
    with Broker() as broker:
        if "--count" not in steps[0]:
            # Compiled code and open routes first; declaring is not part of what is measured either.
            load(broker, [*steps[0], "--duration", 1, "--keep"])
            steps = [[*steps[0], "--duration", seconds, "--keep"]]
        else:
            load(broker, ["--count", 100000, "--persistent", "--confirm", 1000])
        before, elapsed, count = broker.cpu_seconds(), 0.0, 0
        for step in steps:
            summary = load(broker, step)
            elapsed += summary["seconds"]
            count = max(count, summary["consumed"])
        return count / elapsed, (broker.cpu_seconds() - before) * 1e6 / count


def plot(results):
    """An SVG of CPU a message against each dimension's values, both relative to its first row and logarithmic."""
    width, height, margin = 760, 420, 56
    largest_x = max(values[-1] / values[0] for _, values, _ in results)
    costs = [cost / costs[0] for _, _, costs in results for cost in costs]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs) * 1.01))

    def x(ratio):
        return margin + (width - 2 * margin) * math.log10(ratio) / math.log10(largest_x)

    def y(ratio):
        return height - margin - (height - 2 * margin) * (math.log10(ratio) - low) / (high - low)

    colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for power in range(low, high + 1):
        out.append(f'<path d="M{margin} {y(10 ** power):.0f}H{width - margin}" stroke="#ddd"/>'
                   f'<text x="{margin - 6}" y="{y(10 ** power) + 4:.0f}" text-anchor="end">{10.0 ** power:g}</text>')
    for power in range(0, int(math.log10(largest_x)) + 1):
        out.append(f'<path d="M{x(10 ** power):.0f} {margin}V{height - margin}" stroke="#ddd"/>'
                   f'<text x="{x(10 ** power):.0f}" y="{height - margin + 16}" text-anchor="middle">{10 ** power:g}</text>')
    for number, (name, values, costs) in enumerate(results):
        points = " ".join(f"{x(value / values[0]):.1f},{y(cost / costs[0]):.1f}" for value, cost in zip(values, costs))
        colour = colours[number % len(colours)]
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
                   f'<text x="{margin + 10}" y="{margin + 16 * number + 4}" fill="{colour}">{name} (1 = {values[0]})</text>')
    out.append(f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle">times the first value</text>'
               f'<text x="{margin}" y="{margin - 20}">CPU of a message, times that at the first value</text></svg>')
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(name for name, *_ in DIMENSIONS))
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--svg")
    options = parser.parse_args()
    results = []
    for name, meaning, values, steps_of in DIMENSIONS:
        if name not in options.only.split(","):
            continue
        print(f"\n| {meaning} | msg/s | CPU us/msg | times the first |\n|---|---|---|---|")
        costs = []
        for value in values:
            runs = [measure(steps_of(value), options.seconds) for _ in range(options.runs)]
            rate, cost = (statistics.median(run[part] for run in runs) for part in (0, 1))
            costs.append(cost)
            print(f"| {value:,} | {rate:,.0f} | {cost:.2f} | {cost / costs[0]:.2f} |")
            sys.stdout.flush()
            time.sleep(1)
        results.append((name, values, costs))
    if options.svg:
        with open(options.svg, "w", encoding="utf-8") as file:
            file.write(plot(results))


main()
