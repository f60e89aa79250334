import sys

import pika
from pika.exceptions import UnroutableError

from broker import connect, unique

# One by one: BlockingConnection waits for each confirm.
connection = connect()
channel = connection.channel()
channel.confirm_delivery()
queue = unique("confirms")
channel.queue_declare(queue, auto_delete=True)
for _ in range(100):
    channel.basic_publish("", queue, "body", mandatory=True)
print("confirmed one by one 100")


class Confirms:
    """Publishes through SelectConnection, which tells of each confirm: in batches of 100, then all at once."""

    def __init__(self):
        host, port = sys.argv[1:3]
        self.published = 0
        self.outstanding = set()
        self.phase = [100] * 10 + [1000]
        self.connection = pika.SelectConnection(
            pika.ConnectionParameters(host=host, port=int(port)),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self.on_channel),
            on_close_callback=lambda connection, reason: connection.ioloop.stop())

    def on_channel(self, channel):
        self.channel = channel
        channel.confirm_delivery(self.on_confirm, callback=lambda _frame: self.next_batch())

    def next_batch(self):
        if not self.phase:
            print("confirmed as they come 1000")
            self.connection.close()
            return
        if len(self.phase) == 1:
            print("confirmed in batches 1000")
        for _ in range(self.phase.pop(0)):
            self.published += 1
            self.outstanding.add(self.published)
            self.channel.basic_publish("", queue, "body")

    def on_confirm(self, frame):
        if frame.method.NAME != "Basic.Ack":
            raise RuntimeError(f"unexpected {frame.method}")
        if frame.method.multiple:
            self.outstanding = {tag for tag in self.outstanding if tag > frame.method.delivery_tag}
        else:
            self.outstanding.remove(frame.method.delivery_tag)
        if not self.outstanding:
            self.next_batch()


Confirms().connection.ioloop.start()
print("in the queue", channel.queue_declare(queue, passive=True).method.message_count)
try:
    channel.basic_publish("amq.direct", unique("nobody"), "unroutable", mandatory=True)
except UnroutableError as error:
    returned = error.messages[0].method
    print("returned", returned.reply_text, returned.reply_code)
channel.queue_delete(queue)
connection.close()
