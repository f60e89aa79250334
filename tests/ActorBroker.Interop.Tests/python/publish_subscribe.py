from broker import connect, receive, unique

EXCHANGE = unique("logs")

connection = connect()
subscribers = []
for name in ("first", "second"):
    channel = connection.channel()
    channel.exchange_declare(exchange=EXCHANGE, exchange_type="fanout")
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    channel.queue_bind(queue=queue, exchange=EXCHANGE)
    subscribers.append((name, channel, queue))

publisher = connect()
publishing = publisher.channel()
publishing.exchange_declare(exchange=EXCHANGE, exchange_type="fanout")
for i in range(3):
    publishing.basic_publish(exchange=EXCHANGE, routing_key="", body=f"log-{i}")

for name, channel, queue in subscribers:
    receive(channel, queue, 3, lambda method, properties, body: print(name, body))

publishing.exchange_delete(EXCHANGE)
publisher.close()
connection.close()
