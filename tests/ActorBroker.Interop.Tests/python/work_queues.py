import pika

from broker import connect, receive, unique

QUEUE = unique("task_queue")
left = 10


def work(channel, method, _properties, body):
    global left
    if method.redelivered:
        print("again", body.decode())
    print("done", body.decode())
    channel.basic_ack(method.delivery_tag)
    left -= 1


boss = connect()
tasks = boss.channel()
tasks.confirm_delivery()
tasks.queue_declare(queue=QUEUE, durable=True)
for i in range(10):
    tasks.basic_publish("", QUEUE, f"task-{i}", pika.BasicProperties(delivery_mode=2))

doomed = connect()
dying = doomed.channel()
dying.basic_qos(prefetch_count=1)
receive(dying, QUEUE, 1, lambda method, properties, body: print("taken and lost", body), auto_ack=False)
doomed.close()

connection = connect()
for _ in range(2):
    worker = connection.channel()
    worker.basic_qos(prefetch_count=1)
    worker.basic_consume(QUEUE, work)
while left > 0:
    connection.process_data_events(time_limit=30)

tasks.queue_delete(QUEUE)
connection.close()
boss.close()
