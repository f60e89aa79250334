"""What Prometheus' own parser makes of the broker's metrics: one line for each thing that is looked for."""
import sys
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from broker import connect

LIMIT = 20
URL = sys.argv[1]


def samples(path):
    with urllib.request.urlopen(URL + path, timeout=LIMIT) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def wait_for(path, name, value, **labels):
    key = (name, tuple(sorted(labels.items())))
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        found = samples(path)
        if found.get(key) == value:
            return found
        time.sleep(0.1)
    raise TimeoutError(f"{key} is {samples(path).get(key)}, not {value}")


connection = connect()
channel = connection.channel()
channel.queue_declare('with "quotes"', durable=True)
for text in "abc":
    channel.basic_publish("", 'with "quotes"', text)
method, _, _ = channel.basic_get('with "quotes"')
channel.basic_ack(method.delivery_tag)

whole = wait_for("/metrics", "rabbitmq_queue_messages_ready", 2)
wait_for("/metrics", "rabbitmq_global_messages_acknowledged_total", 1, protocol="amqp091", queue_type="rabbit_classic_queue")
print("received", int(whole["rabbitmq_global_messages_received_total", (("protocol", "amqp091"),)]))
for name in "connections", "channels", "queues", "connections_opened_total", "queues_created_total":
    print(name, int(whole["rabbitmq_" + name, ()]))
print("memory", whole["rabbitmq_process_resident_memory_bytes", ()] > 1_000_000)
print("runtime", whole["actorbroker_dotnet_gc_heap_bytes", ()] > 0)
print("identity", sorted(dict(key[1]).keys() for key in whole if key[0] == "rabbitmq_identity_info")[0] >= {"rabbitmq_node", "rabbitmq_cluster"})

each = wait_for("/metrics/per-object", "rabbitmq_queue_messages_ready", 2, vhost="/", queue='with "quotes"')
print("channels told of", sum(1 for name, _ in each if name == "rabbitmq_channel_messages_published_total"))

chosen = samples("/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count&vhost=/")
print("detailed", sorted({name for name, _ in chosen if "queue" in name}))
print("elsewhere", sum(1 for name, _ in samples("/metrics/detailed?family=queue_coarse_metrics&vhost=other") if "queue" in name))
connection.close()
