"""The tasks, and the queue that they are sent to. The environment names broker, queue and type of queue."""
import os
import time

from celery import Celery
from kombu import Exchange, Queue

QUEUE = os.environ["INTEROP_QUEUE"]
ARGUMENTS = {"classic": {"x-max-priority": 10}, "quorum": {"x-queue-type": "quorum"}}[os.environ["INTEROP_QUEUE_TYPE"]]

app = Celery("interop", broker=os.environ["INTEROP_BROKER"], backend="rpc://")
app.conf.update(
    task_queues=[Queue(QUEUE, Exchange(QUEUE, type="direct"), routing_key=QUEUE, queue_arguments=ARGUMENTS)],
    task_default_queue=QUEUE,
    task_default_exchange=QUEUE,
    task_default_routing_key=QUEUE,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_send_task_events=True,
    broker_connection_retry=False,
)


@app.task
def add(x, y):
    return x + y


@app.task
def stamp():
    return time.time()


@app.task(bind=True, max_retries=3)
def flaky(self):
    if self.request.retries < 3:
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task(bind=True, max_retries=1)
def hopeless(self):
    raise self.retry(exc=ValueError("no hope"), countdown=0.1)
