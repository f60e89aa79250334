"""What queue arguments and extensions do, seen through pika: one line `ok NAME` for each section that holds."""
import time

import pika
from pika.exceptions import ChannelClosedByBroker, NackError, UnroutableError

from broker import connect, unique

LIMIT = 15
SECTIONS = []


def section(function):
    SECTIONS.append(function)
    return function


class Place:
    """A connection and a channel with confirms for one section, whose queues and exchanges go when it ends."""

    def __init__(self):
        self.connection = connect()
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.queues = []
        self.exchanges = []

    def queue(self, arguments=None, durable=True):
        name = unique("feature")
        self.channel.queue_declare(name, durable=durable, arguments=arguments or {})
        self.queues.append(name)
        return name

    def exchange(self, kind, arguments=None):
        name = unique(kind)
        self.channel.exchange_declare(name, kind, durable=True, arguments=arguments or {})
        self.exchanges.append(name)
        return name

    def send(self, queue, body, exchange="", channel=None, mandatory=False, **properties):
        (channel or self.channel).basic_publish(
            exchange, queue, body, pika.BasicProperties(**properties), mandatory=mandatory)

    def until(self, condition, what):
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(what)
            self.connection.process_data_events(time_limit=0.02)

    def next(self, queue, auto_ack=True):
        """Gets the next message as (method, properties, text), whenever it comes."""
        got = []

        def arrived():
            method, properties, body = self.channel.basic_get(queue, auto_ack=auto_ack)
            if method is not None:
                got.append((method, properties, body.decode()))
            return bool(got)

        self.until(arrived, f"nothing came to {queue}")
        return got[0]

    def drain(self, queue):
        texts = []
        while True:
            method, _, body = self.channel.basic_get(queue, auto_ack=True)
            if method is None:
                return texts
            texts.append(body.decode())

    def collect(self, queue, channel=None, auto_ack=True, arguments=None):
        """Consumes; the list that is handed back grows by (method, properties, text)."""
        got = []
        tag = (channel or self.channel).basic_consume(
            queue, lambda _, method, properties, body: got.append((method, properties, body.decode())),
            auto_ack=auto_ack, arguments=arguments or {})
        return got, tag

    def close(self):
        cleaning = self.connection.channel()
        for name in self.queues:
            cleaning.queue_delete(name)
        for name in self.exchanges:
            cleaning.exchange_delete(name)
        self.connection.close()


def expect(expected, actual):
    if expected != actual:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def refused(action):
    """The reply code and text with which the broker closes the channel of the action."""
    try:
        action()
    except ChannelClosedByBroker as closed:
        return closed.reply_code, closed.reply_text
    raise AssertionError("it was not refused")


@section
def message_ttl_of_a_queue_and_its_dead_letters(place):
    dead = place.queue()
    queue = place.queue({"x-message-ttl": 50, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead})
    place.send(queue, "old", headers={"kept": 1})
    _, properties, text = place.next(dead)
    expect("old", text)
    expect(1, properties.headers["kept"])
    death = properties.headers["x-death"][0]
    expect((queue, "expired", 1, "", [queue]),
           tuple(death[name] for name in ("queue", "reason", "count", "exchange", "routing-keys")))
    expect("expired", properties.headers["x-first-death-reason"])


@section
def expiration_of_a_message(place):
    dead = place.queue()
    queue = place.queue({"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead})
    place.send(queue, "short", expiration="50")
    _, properties, text = place.next(dead)
    expect(("short", "50"), (text, properties.headers["x-death"][0]["original-expiration"]))
    expect(None, properties.expiration)


@section
def expiry_of_a_queue(place):
    queue = unique("unused")
    place.channel.queue_declare(queue, arguments={"x-expires": 300})

    def is_gone():
        channel = place.connection.channel()
        try:
            # Asking for a queue does not use it.
            channel.queue_declare(queue, passive=True)
        except ChannelClosedByBroker as closed:
            expect(404, closed.reply_code)
            return True
        channel.close()
        place.connection.sleep(0.5)
        return False

    place.until(is_gone, "the queue did not expire")


@section
def length_limit_drops_the_oldest(place):
    queue = place.queue({"x-max-length": 2})
    for i in range(4):
        place.send(queue, str(i))
    expect(["2", "3"], place.drain(queue))


@section
def length_limit_refuses_publishes(place):
    queue = place.queue({"x-max-length": 1, "x-overflow": "reject-publish"})
    place.send(queue, "first")
    try:
        place.send(queue, "second")
    except NackError:
        expect(["first"], place.drain(queue))
        return
    raise AssertionError("the second message was confirmed")


@section
def rejected_messages_are_dead_letters(place):
    dead = place.queue()
    queue = place.queue({"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead})
    place.send(queue, "bad")
    method, _, _ = place.next(queue, auto_ack=False)
    place.channel.basic_reject(method.delivery_tag, requeue=False)
    _, properties, _ = place.next(dead)
    expect((queue, "rejected"), tuple(properties.headers["x-death"][0][name] for name in ("queue", "reason")))


@section
def priorities(place):
    queue = place.queue({"x-max-priority": 5})
    for priority in (1, 5, 3):
        place.send(queue, str(priority), priority=priority)
    expect(["5", "3", "1"], place.drain(queue))


@section
def priorities_of_consumers(place):
    queue = place.queue()
    low_channel, high_channel = place.connection.channel(), place.connection.channel()
    for channel in (low_channel, high_channel):
        channel.basic_qos(prefetch_count=2)
    low, _ = place.collect(queue, low_channel, auto_ack=False)
    high, _ = place.collect(queue, high_channel, auto_ack=False, arguments={"x-priority": 10})
    for i in range(4):
        place.send(queue, str(i))
    place.until(lambda: len(low) + len(high) == 4, "not all was delivered")
    expect((["2", "3"], ["0", "1"]), ([got[2] for got in low], [got[2] for got in high]))


@section
def single_active_consumer_and_its_successor(place):
    queue = place.queue({"x-single-active-consumer": True})
    first, tag = place.collect(queue)
    second, _ = place.collect(queue)
    place.send(queue, "a")
    place.send(queue, "b")
    place.until(lambda: len(first) == 2, "the active consumer was not served")
    expect([], second)
    place.channel.basic_cancel(tag)
    place.send(queue, "c")
    place.until(lambda: len(second) == 1, "nobody took over")


@section
def delivery_limit_of_a_quorum_queue(place):
    dead = place.queue()
    queue = place.queue({
        "x-queue-type": "quorum", "x-delivery-limit": 2,
        "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead})
    place.send(queue, "poison")
    for count in (None, 1, 2):
        method, properties, _ = place.next(queue, auto_ack=False)
        expect(count, (properties.headers or {}).get("x-delivery-count"))
        place.channel.basic_reject(method.delivery_tag, requeue=True)
    _, properties, _ = place.next(dead)
    expect("delivery_limit", properties.headers["x-death"][0]["reason"])


@section
def copies_and_blind_copies(place):
    to, copy, blind = place.queue(), place.queue(), place.queue()
    place.send(to, "three", headers={"CC": [copy], "BCC": [blind]})
    for queue in (to, copy, blind):
        _, properties, _ = place.next(queue)
        expect({"CC": [copy]}, properties.headers)


@section
def user_id_of_another(place):
    place.send(place.queue(), "mine", user_id="guest")
    channel = place.connection.channel()
    channel.confirm_delivery()
    expect((406, "PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'"),
           refused(lambda: place.send("nowhere", "", channel=channel, user_id="other")))


@section
def direct_reply_to(place):
    requests = place.queue()
    client = place.connection.channel()
    replies, _ = place.collect("amq.rabbitmq.reply-to", client)
    place.send(requests, "ask", channel=client, reply_to="amq.rabbitmq.reply-to", correlation_id="1")
    _, request, _ = place.next(requests)
    place.send(request.reply_to, "answer", correlation_id=request.correlation_id)
    place.until(lambda: replies, "no reply came")
    expect(("answer", "1"), (replies[0][2], replies[0][1].correlation_id))


@section
def transactions(place):
    queue = place.queue()
    channel = place.connection.channel()
    channel.tx_select()
    place.send(queue, "undone", channel=channel)
    channel.tx_rollback()
    place.send(queue, "done", channel=channel)
    expect([], place.drain(queue))
    channel.tx_commit()
    expect(["done"], place.drain(queue))


@section
def transaction_over_several_queues(place):
    source, *targets = [place.queue() for _ in range(4)]
    place.send(source, "task", delivery_mode=2)
    channel = place.connection.channel()
    channel.tx_select()
    method, _, _ = channel.basic_get(source)
    channel.basic_ack(method.delivery_tag)
    for target in targets:
        place.send(target, "result", channel=channel, delivery_mode=2)
    expect([[], [], []], [place.drain(target) for target in targets])
    channel.tx_commit()
    channel.close()
    expect([[], ["result"], ["result"], ["result"]], [place.drain(queue) for queue in (source, *targets)])


@section
def recover(place):
    queue = place.queue()
    place.send(queue, "again")
    expect(False, place.next(queue, auto_ack=False)[0].redelivered)
    place.channel.basic_recover(requeue=True)
    method, _, text = place.next(queue)
    expect((True, "again"), (method.redelivered, text))


@section
def stream_from_an_offset(place):
    queue = place.queue({"x-queue-type": "stream"})
    for i in range(5):
        place.send(queue, str(i))
    channel = place.connection.channel()
    channel.basic_qos(prefetch_count=10)
    got, _ = place.collect(queue, channel, auto_ack=False, arguments={"x-stream-offset": 2})
    place.until(lambda: len(got) == 3, "the stream was not read to its end")
    expect([("2", 2), ("3", 3), ("4", 4)], [(text, properties.headers["x-stream-offset"]) for _, properties, text in got])


@section
def consistent_hash(place):
    exchange = place.exchange("x-consistent-hash")
    queues = [place.queue(), place.queue()]
    for queue in queues:
        place.channel.queue_bind(queue, exchange, "10")
    for i in range(100):
        place.send(f"key{i % 50}", f"key{i % 50}", exchange=exchange)
    first, second = (place.drain(queue) for queue in queues)
    expect(100, len(first) + len(second))
    expect(set(), set(first) & set(second))
    if not first or not second:
        raise AssertionError("one queue got everything")


@section
def delayed_exchange(place):
    exchange = place.exchange("x-delayed-message", {"x-delayed-type": "direct"})
    queue = place.queue()
    place.channel.queue_bind(queue, exchange, "k")
    since = time.monotonic()
    place.send("k", "late", exchange=exchange, headers={"x-delay": 300})
    place.send("k", "at once", exchange=exchange)
    expect(["at once", "late"], [place.next(queue)[2] for _ in range(2)])
    if time.monotonic() - since < 0.3:
        raise AssertionError("it came before it was due")


@section
def random_and_modulus_hash(place):
    for kind in "x-random", "x-local-random", "x-modulus-hash":
        exchange = place.exchange(kind)
        queues = [place.queue(), place.queue()]
        for queue in queues:
            place.channel.queue_bind(queue, exchange, "")
        for i in range(20):
            place.send(f"k{i}", str(i), exchange=exchange)
        expect([str(i) for i in range(20)], sorted(sum((place.drain(queue) for queue in queues), []), key=int))


@section
def recent_history(place):
    exchange = place.exchange("x-recent-history", {"x-recent-history-length": 2})
    for i in range(3):
        place.send("k", str(i), exchange=exchange)
    place.send("k", "not kept", exchange=exchange, headers={"x-recent-history-no-store": True})
    queue = place.queue()
    place.channel.queue_bind(queue, exchange)
    expect(["1", "2"], place.drain(queue))


@section
def deduplication(place):
    queue = place.queue({"x-message-deduplication": True})
    exchange = place.exchange("x-message-deduplication", {"x-cache-size": 100})
    behind = place.queue()
    place.channel.queue_bind(behind, exchange, "")
    for body, identity in ("a", 1), ("a again", 1), ("b", 2):
        place.send(queue, body, headers={"x-deduplication-header": identity})
        place.send("", body, exchange=exchange, headers={"x-deduplication-header": identity})
    expect(["a", "b"], place.drain(queue))
    expect(["a", "b"], [place.next(behind)[2] for _ in range(2)])


@section
def groups_and_fair_shares(place):
    grouped = place.queue({"x-message-group-header": "order"})
    first, second = [place.connection.channel() for _ in range(2)]
    first.basic_qos(prefetch_count=1)
    second.basic_qos(prefetch_count=1)
    to_first, _ = place.collect(grouped, first, auto_ack=False)
    place.send(grouped, "a1", headers={"order": "a"})
    place.until(lambda: to_first, "nobody got the first message")
    to_second, _ = place.collect(grouped, second, auto_ack=False)
    place.send(grouped, "a2", headers={"order": "a"})
    place.send(grouped, "b1", headers={"order": "b"})
    place.until(lambda: to_second, "the other group has no consumer")
    first.basic_ack(to_first[0][0].delivery_tag)
    place.until(lambda: len(to_first) == 2, "the group's next message did not come")
    expect((["a1", "a2"], ["b1"]), ([text for *_, text in to_first], [text for *_, text in to_second]))

    fair = place.queue({"x-fair-header": "tenant"})
    for i in range(200):
        place.send(fair, "flood" + "." * 200, headers={"tenant": 1})
    place.send(fair, "alone", headers={"tenant": 2})
    expect(True, "alone" in [place.next(fair)[2] for _ in range(10)])


@section
def redefinition(place):
    queue = place.queue()
    for text in "abc":
        place.send(queue, text)
    place.channel.queue_declare(queue, durable=True, arguments={"x-max-length": 1, "x-allow-redefine": True})
    expect(["c"], place.drain(queue))


@section
def cancel_notification(place):
    queue = place.queue()
    cancelled = []
    channel = place.connection.channel()
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    _, tag = place.collect(queue, channel)
    place.channel.queue_delete(queue)
    place.until(lambda: cancelled, "the consumer was not told")
    expect([tag], cancelled)


@section
def events(place):
    told = place.channel.queue_declare("", exclusive=True).method.queue
    place.channel.queue_bind(told, "amq.rabbitmq.event", "queue.*")
    got, _ = place.collect(told)
    queue = place.queue({"x-max-length": 5})
    place.channel.queue_delete(queue)

    def of_queue():
        return [(method.routing_key, properties, text) for method, properties, text in got if properties.headers["name"] == queue]

    place.until(lambda: len(of_queue()) == 2, "the queue's events did not come")
    (_, created, text), (_, deleted, _) = sorted(of_queue(), key=lambda event: event[0])
    expect(("", 2, created.headers["timestamp_in_ms"] // 1000), (text, created.delivery_mode, created.timestamp))
    del created.headers["timestamp_in_ms"], deleted.headers["timestamp_in_ms"]
    expect({"name": queue, "vhost": "/", "durable": True, "auto_delete": False, "exclusive": False, "owner_pid": "",
            "arguments": ['{<<"x-max-length">>,signedint,5}'], "user_who_performed_action": "guest"}, created.headers)
    expect({"name": queue, "vhost": "/", "user_who_performed_action": "guest"}, deleted.headers)


@section
def returned_messages(place):
    try:
        place.send(unique("nowhere"), "lost", mandatory=True)
    except UnroutableError as unroutable:
        method = unroutable.messages[0].method
        expect((312, "NO_ROUTE"), (method.reply_code, method.reply_text))
        return
    raise AssertionError("the message was not returned")


@section
def wrong_arguments(place):
    for name, value, error in (
            ("x-message-ttl", -1, "{value_negative,-1}"), ("x-overflow", "nope", "invalid_overflow")):
        queue = unique("wrong")
        channel = place.connection.channel()
        expect((406, f"PRECONDITION_FAILED - invalid arg '{name}' for queue '{queue}' in vhost '/': {error}"),
               refused(lambda: channel.queue_declare(queue, arguments={name: value})))


def run(function):
    place = Place()
    function(place)
    place.close()
    print("ok " + function.__name__.replace("_", " "))


for each in SECTIONS:
    run(each)
