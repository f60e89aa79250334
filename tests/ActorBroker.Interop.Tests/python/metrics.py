"""What Prometheus' own parser makes of the broker's metrics: one line for each thing that is looked for."""
import sys
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from broker import connect

LIMIT = 20
URL = sys.argv[1]

# What the overview board of RabbitMQ 4 for Grafana asks for.
BOARD = """
    build_info channels channels_closed_total channels_opened_total connections connections_closed_total
    connections_opened_total disk_space_available_bytes disk_space_available_limit_bytes erlang_uptime_seconds
    global_consumers global_messages_acknowledged_total global_messages_confirmed_total
    global_messages_delivered_consume_auto_ack_total global_messages_delivered_consume_manual_ack_total
    global_messages_delivered_get_auto_ack_total global_messages_delivered_get_manual_ack_total
    global_messages_delivered_total global_messages_get_empty_total global_messages_received_confirm_total
    global_messages_received_total global_messages_redelivered_total global_messages_routed_total
    global_messages_unroutable_dropped_total global_messages_unroutable_returned_total global_publishers
    identity_info message_size_bytes_bucket message_size_bytes_count message_size_bytes_sum process_max_fds process_open_fds process_resident_memory_bytes queue_messages_ready
    queue_messages_unacked queues queues_created_total queues_declared_total queues_deleted_total
    resident_memory_limit_bytes
""".split()


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


# Whoever scrapes has begun to before: the broker counts for him from then on.
samples("/metrics")
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
told = {name for name, _ in whole}
print("missing on the board", [name for name in BOARD if "rabbitmq_" + name not in told])
buckets = {dict(labels)["le"]: value for (name, labels), value in whole.items()
           if name == "rabbitmq_message_size_bytes_bucket" and dict(labels)["protocol"] == "amqp091"}
print("sizes", {int(value) for value in buckets.values()}, sorted(buckets, key=float)[0], sorted(buckets, key=float)[-1],
      int(whole["rabbitmq_message_size_bytes_sum", (("protocol", "amqp091"),)]))
print("memory", whole["rabbitmq_process_resident_memory_bytes", ()] > 1_000_000)
print("runtime", whole["actorbroker_dotnet_gc_heap_bytes", ()] > 0)
print("identity", sorted(dict(key[1]).keys() for key in whole if key[0] == "rabbitmq_identity_info")[0] >= {"rabbitmq_node", "rabbitmq_cluster"})

each = wait_for("/metrics/per-object", "rabbitmq_queue_messages_ready", 2, vhost="/", queue='with "quotes"')
print("channels told of", sum(1 for name, _ in each if name == "rabbitmq_channel_messages_published_total"))

pairs = samples("/metrics/detailed?vhost=/" + "".join(
    "&family=" + family for family in ("channel_exchange_metrics", "channel_queue_metrics", "channel_queue_exchange_metrics", "queue_exchange_metrics",
                                       "exchange_metrics")))
for (name, labels), value in sorted(pairs.items()):
    if value > 0 and "identity" not in name and "build" not in name:
        print("pair", name.removeprefix("rabbitmq_detailed_"), *sorted(key for key, _ in labels), int(value))

chosen = samples("/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count&vhost=/")
print("detailed", sorted({name for name, _ in chosen if "queue" in name}))
cluster = samples("/metrics/detailed?family=exchange_bindings&family=exchange_names&family=vhost_status")
key = (("exchange", "amq.fanout"), ("type", "fanout"), ("vhost", "/"))
print("cluster", cluster[("rabbitmq_cluster_vhost_status", (("vhost", "/"),))], cluster[("rabbitmq_cluster_exchange_bindings", key)],
      cluster[("rabbitmq_cluster_exchange_name", key)])
print("memory of queues", ("rabbitmq_memory_classic_queue_erlang_process_bytes", ()) in samples("/metrics/memory-breakdown"))
print("elsewhere", sum(1 for name, _ in samples("/metrics/detailed?family=queue_coarse_metrics&vhost=other") if "queue" in name))

channel.queue_declare("short", arguments={"x-max-length": 1, "x-dead-letter-exchange": "amq.fanout"})
channel.confirm_delivery()
for text in "de":
    channel.basic_publish("", "short", text)
died = wait_for(
    "/metrics", "rabbitmq_global_messages_dead_lettered_maxlen_total", 1, queue_type="rabbit_classic_queue", dead_letter_strategy="at_most_once")
print("dead-lettered", sorted({name.split("_")[-2] for name, _ in died if "dead_lettered" in name}))
connection.close()
