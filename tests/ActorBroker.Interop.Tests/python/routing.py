from broker import connect, receive, unique

EXCHANGE = unique("direct_logs")

connection = connect()
channel = connection.channel()
channel.confirm_delivery()
channel.exchange_declare(exchange=EXCHANGE, exchange_type="direct")


def bind(*severities):
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    for severity in severities:
        channel.queue_bind(exchange=EXCHANGE, queue=queue, routing_key=severity)
    return queue


disk = bind("error")
screen = bind("info", "warning", "error")
for severity, text in (("info", "started"), ("warning", "slow"), ("debug", "unseen"), ("error", "kernel panic")):
    channel.basic_publish(exchange=EXCHANGE, routing_key=severity, body=text)

receive(channel, disk, 1, lambda method, properties, body: print("disk", f"{method.routing_key}: {body}"))
receive(channel, screen, 3, lambda method, properties, body: print("screen", f"{method.routing_key}: {body}"))

channel.exchange_delete(EXCHANGE)
connection.close()
