from broker import connect, receive, unique

EXCHANGE = unique("topic_logs")

connection = connect()
channel = connection.channel()
channel.confirm_delivery()
channel.exchange_declare(exchange=EXCHANGE, exchange_type="topic")
subscriptions = []
for name, pattern, count in (("*", "#", 4), ("kern.*", "kern.*", 2), ("*.critical", "*.critical", 2)):
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    channel.queue_bind(exchange=EXCHANGE, queue=queue, routing_key=pattern)
    subscriptions.append((name, queue, count))

for key in ("kern.critical", "kern.info", "cron.critical", "cron.info.daily"):
    channel.basic_publish(exchange=EXCHANGE, routing_key=key, body=key)

for name, queue, count in subscriptions:
    receive(channel, queue, count, lambda method, properties, body: print(name, body))

channel.exchange_delete(EXCHANGE)
connection.close()
