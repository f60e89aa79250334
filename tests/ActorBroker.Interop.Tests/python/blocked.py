"""A broker short of disk space holds back who publishes, and says so; who consumes goes on."""
import time

from broker import connect

connection = connect()
reasons = []
connection.add_on_connection_blocked_callback(lambda _, frame: reasons.append(frame.method.reason))
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
end = time.monotonic() + 20
while not reasons and time.monotonic() < end:
    # One that comes before the broker has looked at its disk goes through.
    channel.basic_publish("", queue, "held back or not")
    connection.process_data_events(time_limit=0.05)
print("blocked", *reasons)
reader = connection.channel()
print("served", reader.queue_declare(queue, passive=True).method.queue == queue)
