"""What the tutorials share: the connection to the broker named on the command line, and names of their own."""
import sys
import uuid

import pika


def connect():
    host, port = sys.argv[-2:]
    return pika.BlockingConnection(pika.ConnectionParameters(
        host=host, port=int(port), credentials=pika.PlainCredentials("guest", "guest")))


def unique(name):
    """A name that no other run uses."""
    return f"{name}-{uuid.uuid4()}"


def receive(channel, queue, count, on_message, auto_ack=True):
    """Consumes until `count` messages have been handed to on_message(method, properties, body)."""
    left = count
    for method, properties, body in channel.consume(queue, auto_ack=auto_ack, inactivity_timeout=30):
        if method is None:
            raise TimeoutError(f"{left} messages of {queue} did not come")
        on_message(method, properties, body.decode())
        left -= 1
        if left == 0:
            break
    if auto_ack:
        channel.cancel()
