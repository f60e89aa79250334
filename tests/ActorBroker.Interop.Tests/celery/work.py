"""Sends tasks to a worker of their own and prints what came of them: work.py TYPE-OF-QUEUE HOST PORT."""
import os
import subprocess
import sys
import threading
import time
import uuid

TYPE, HOST, PORT = sys.argv[1:4]
os.environ.update(
    INTEROP_BROKER=f"amqp://guest:guest@{HOST}:{PORT}//",
    INTEROP_QUEUE=f"celery-{uuid.uuid4()}",
    INTEROP_QUEUE_TYPE=TYPE)

from celery import chain, group  # noqa: E402
from celery.exceptions import TaskRevokedError  # noqa: E402

import tasks  # noqa: E402

LIMIT = 20
# One child where the order among priorities is looked at.
WORKERS = {"classic": "1", "quorum": "2"}[TYPE]


def events(app, kinds, done):
    """Listens to the events of the worker until a task has succeeded."""
    def on_event(event):
        kinds.add(event["type"])
        if event["type"] == "task-succeeded":
            receiver.should_stop = True
    with app.connection() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": on_event})
        done.set()
        receiver.capture(limit=None, timeout=LIMIT, wakeup=False)


ranked = [(priority, tasks.stamp.apply_async(priority=priority)) for priority in (1, 9, 5)] if TYPE == "classic" else []
kinds, listening = set(), threading.Event()
listener = threading.Thread(target=events, args=(tasks.app, kinds, listening), daemon=True)
listener.start()
listening.wait(LIMIT)
worker = subprocess.Popen(
    [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--concurrency", WORKERS, "--loglevel", "WARNING",
     "--hostname", f"worker-{uuid.uuid4()}@localhost"],
    stdout=sys.stderr)
try:
    deadline = time.time() + LIMIT
    answers = []
    while not answers and time.time() < deadline and worker.poll() is None:
        answers = tasks.app.control.ping(timeout=1, limit=1)
    if not answers:
        raise SystemExit("the worker does not answer")
    print("ping", [next(iter(answer.values())) for answer in answers])
    if ranked:
        stamps = sorted((result.get(timeout=LIMIT), priority) for priority, result in ranked)
        print("priorities", *(priority for _, priority in stamps))
    print("add", tasks.add.delay(2, 3).get(timeout=LIMIT))
    print("chain", chain(tasks.add.s(1, 2), tasks.add.s(4), tasks.add.s(7)).delay().get(timeout=LIMIT))
    print("group", group(tasks.add.s(i, i) for i in range(10)).delay().get(timeout=LIMIT))
    print("retried", tasks.flaky.delay().get(timeout=LIMIT))
    try:
        tasks.hopeless.delay().get(timeout=LIMIT)
    except ValueError as e:
        print("failed", e)
    due = time.time() + 1
    waited = tasks.stamp.apply_async(countdown=1)
    print("between", tasks.add.delay(1, 1).get(timeout=LIMIT))
    print("in time", 0 <= waited.get(timeout=LIMIT) - due < 2)
    revoked = tasks.add.apply_async((1, 1), countdown=2)
    revoked.revoke()
    try:
        revoked.get(timeout=LIMIT)
    except TaskRevokedError as e:
        print("revoked", e)
    listener.join(LIMIT)
    print("events", {"task-received", "task-started", "task-succeeded"} <= kinds)
finally:
    worker.terminate()
    try:
        worker.wait(LIMIT)
    except subprocess.TimeoutExpired:
        worker.kill()
        print("the worker did not end when it was told to")
    with tasks.app.connection() as connection:
        connection.default_channel.queue_delete(tasks.QUEUE)
        connection.default_channel.exchange_delete(tasks.QUEUE)
