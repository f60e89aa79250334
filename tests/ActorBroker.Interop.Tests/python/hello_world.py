from broker import connect, receive, unique

QUEUE = unique("hello")

sender = connect()
sending = sender.channel()
sending.queue_declare(queue=QUEUE)
sending.basic_publish(exchange="", routing_key=QUEUE, body="Hello World!")

receiver = connect()
receiving = receiver.channel()
receiving.queue_declare(queue=QUEUE)
receive(receiving, QUEUE, 1, lambda method, properties, body: print("received", body))

receiving.queue_delete(QUEUE)
sender.close()
receiver.close()
