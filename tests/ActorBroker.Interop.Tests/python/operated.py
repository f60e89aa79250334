"""What an operator has set, as pika meets it: one line for each."""
import time

from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError

from broker import connect

LIMIT = 20
connection = connect()
channel = connection.channel()


def drain(queue):
    texts = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return texts
        texts.append(body.decode())


def next_of(queue):
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method is not None:
            return method.routing_key, properties, body.decode()
    raise TimeoutError(f"nothing came to {queue}")


for queue in "limited.by-policy", "capped.by-operator":
    channel.queue_declare(queue, arguments={"x-max-length": 2} if queue.startswith("capped") else None)
    for text in "abcd":
        channel.basic_publish("", queue, text)
    print(queue, *drain(queue))

trace = channel.queue_declare("", exclusive=True).method.queue
channel.queue_bind(trace, "amq.rabbitmq.trace", "publish.#")
channel.basic_publish("amq.direct", "nowhere", "seen")
key, properties, text = next_of(trace)
print("traced", key, properties.headers["routing_keys"], text)

for count in range(10):
    another = connection.channel()
    try:
        another.queue_declare("", exclusive=True)
    except ChannelClosedByBroker as closed:
        print("queues", closed.reply_code)
        break

connections = []
try:
    while len(connections) < 10:
        connections.append(connect())
except ProbableAccessDeniedError:
    print("connections", 1 + len(connections))
for each in connections:
    each.close()
connection.close()
