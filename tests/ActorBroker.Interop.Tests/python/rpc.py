import threading
import uuid

import pika

from broker import connect, unique

QUEUE = unique("rpc_queue")
NUMBERS = (0, 1, 10, 20)
ready = threading.Event()


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def serve():
    connection = connect()
    channel = connection.channel()
    channel.queue_declare(queue=QUEUE)
    channel.basic_qos(prefetch_count=1)
    left = len(NUMBERS)

    def on_request(_channel, method, properties, body):
        nonlocal left
        channel.basic_publish(
            exchange="",
            routing_key=properties.reply_to,
            properties=pika.BasicProperties(correlation_id=properties.correlation_id),
            body=str(fibonacci(int(body))))
        channel.basic_ack(method.delivery_tag)
        left -= 1

    channel.basic_consume(queue=QUEUE, on_message_callback=on_request)
    ready.set()
    while left > 0:
        connection.process_data_events(time_limit=30)
    channel.queue_delete(QUEUE)
    connection.close()


class Client:
    def __init__(self):
        self.connection = connect()
        self.channel = self.connection.channel()
        self.replies = self.channel.queue_declare(queue="", exclusive=True).method.queue
        self.channel.basic_consume(queue=self.replies, on_message_callback=self.on_reply, auto_ack=True)
        self.expected = None
        self.answer = None

    def on_reply(self, _channel, _method, properties, body):
        if properties.correlation_id == self.expected:
            self.answer = int(body)

    def call(self, n):
        self.answer = None
        self.expected = str(uuid.uuid4())
        self.channel.basic_publish(
            exchange="",
            routing_key=QUEUE,
            properties=pika.BasicProperties(reply_to=self.replies, correlation_id=self.expected),
            body=str(n))
        while self.answer is None:
            self.connection.process_data_events(time_limit=30)
        return self.answer


server = threading.Thread(target=serve, daemon=True)
server.start()
if not ready.wait(30):
    raise TimeoutError("the server did not start")
client = Client()
for number in NUMBERS:
    print(f"fib({number}) = {client.call(number)}")
client.connection.close()
server.join(30)
