'use strict';

// What queue arguments and extensions do, seen through amqplib: one line `ok NAME` for each section that holds.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { setTimeout: wait } = require('node:timers/promises');
const { run, unique } = require('./broker');

const LIMIT = 15000;
const REPLY_TO = 'amq.rabbitmq.reply-to';

/** A connection and a channel with confirms for one section, whose queues and exchanges go when it ends. */
class Place {
  constructor(connection, channel) {
    Object.assign(this, { connection, channel, queues: [], exchanges: [] });
  }

  static async open(connect) {
    const connection = await connect();
    return new Place(connection, await connection.createConfirmChannel());
  }

  async queue(args = {}) {
    const { queue } = await this.channel.assertQueue(unique('feature'), { durable: true, arguments: args });
    this.queues.push(queue);
    return queue;
  }

  async exchange(type, args = {}) {
    const { exchange } = await this.channel.assertExchange(unique(type), type, { durable: true, arguments: args });
    this.exchanges.push(exchange);
    return exchange;
  }

  /** Publishes and waits for the confirm; fails when the broker refuses. */
  send(queue, body, options = {}, exchange = '') {
    return new Promise((resolve, reject) => {
      this.channel.publish(exchange, queue, Buffer.from(body), options, (error) => (error ? reject(error) : resolve()));
    });
  }

  async until(condition, what) {
    const end = Date.now() + LIMIT;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(what);
      await wait(20);
    }
  }

  /** Gets the next message, whenever it comes. */
  async next(queue, noAck = true) {
    let got = false;
    await this.until(async () => {
      got = await this.channel.get(queue, { noAck });
      return got !== false;
    }, `nothing came to ${queue}`);
    return got;
  }

  async drain(queue) {
    const texts = [];
    for (;;) {
      const got = await this.channel.get(queue, { noAck: true });
      if (got === false) return texts;
      texts.push(text(got));
    }
  }

  /** Consumes; the list that is handed back grows by messages, and by null when the broker cancels. */
  async collect(queue, options = { noAck: true }, channel = this.channel) {
    const got = [];
    const { consumerTag } = await channel.consume(queue, (message) => got.push(message), options);
    return { got, consumerTag };
  }

  /** The error with which the broker closes the channel of the action. */
  async refused(action) {
    const channel = await this.connection.createChannel();
    const closed = once(channel, 'error');
    closed.catch(() => {});
    await Promise.resolve(action(channel)).catch(() => {});
    const [error] = await closed;
    return error;
  }

  async close() {
    const channel = await this.connection.createChannel();
    for (const queue of this.queues) await channel.deleteQueue(queue);
    for (const exchange of this.exchanges) await channel.deleteExchange(exchange);
    await this.connection.close();
  }
}

const text = (message) => message.content.toString();
const toDeadLetters = (queue, args = {}) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, ...args });

const sections = {
  async 'message ttl of a queue and its dead letters'(place) {
    const dead = await place.queue();
    const queue = await place.queue(toDeadLetters(dead, { 'x-message-ttl': 50 }));
    await place.send(queue, 'old', { headers: { kept: 1 } });
    const message = await place.next(dead);
    assert.equal(text(message), 'old');
    const { headers } = message.properties;
    assert.equal(headers.kept, 1);
    const { time, ...death } = headers['x-death'][0];
    assert.equal(time['!'], 'timestamp');
    assert.deepEqual(death, { queue, reason: 'expired', count: 1, exchange: '', 'routing-keys': [queue] });
    assert.equal(headers['x-first-death-reason'], 'expired');
  },

  async 'expiration of a message'(place) {
    const dead = await place.queue();
    const queue = await place.queue(toDeadLetters(dead));
    await place.send(queue, 'short', { expiration: '50' });
    const { properties } = await place.next(dead);
    assert.equal(properties.headers['x-death'][0]['original-expiration'], '50');
    assert.equal(properties.expiration, undefined);
  },

  async 'expiry of a queue'(place) {
    const { queue } = await place.channel.assertQueue(unique('unused'), { expires: 300 });
    await wait(600);
    const error = await place.refused((channel) => channel.checkQueue(queue));
    assert.equal(error.code, 404);
    assert.match(error.message, new RegExp(`NOT_FOUND - no queue '${queue}' in vhost '/'`));
  },

  async 'length limit drops the oldest'(place) {
    const queue = await place.queue({ 'x-max-length': 2 });
    for (let i = 0; i < 4; i += 1) await place.send(queue, `${i}`);
    assert.deepEqual(await place.drain(queue), ['2', '3']);
  },

  async 'length limit refuses publishes'(place) {
    const queue = await place.queue({ 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    await place.send(queue, 'first');
    await assert.rejects(place.send(queue, 'second'), /nacked/);
    assert.deepEqual(await place.drain(queue), ['first']);
  },

  async 'rejected messages are dead letters'(place) {
    const dead = await place.queue();
    const queue = await place.queue(toDeadLetters(dead));
    await place.send(queue, 'bad');
    place.channel.reject(await place.next(queue, false), false);
    const [death] = (await place.next(dead)).properties.headers['x-death'];
    assert.deepEqual([death.queue, death.reason], [queue, 'rejected']);
  },

  async priorities(place) {
    const queue = await place.queue({ 'x-max-priority': 5 });
    for (const priority of [1, 5, 3]) await place.send(queue, `${priority}`, { priority });
    assert.deepEqual(await place.drain(queue), ['5', '3', '1']);
  },

  async 'priorities of consumers'(place) {
    const queue = await place.queue();
    await place.channel.prefetch(2);
    const low = await place.collect(queue, {});
    const high = await place.collect(queue, { priority: 10 });
    for (let i = 0; i < 4; i += 1) await place.send(queue, `${i}`);
    await place.until(() => low.got.length + high.got.length === 4, 'not all was delivered');
    assert.deepEqual([low.got.map(text), high.got.map(text)], [['2', '3'], ['0', '1']]);
  },

  async 'single active consumer and its successor'(place) {
    const queue = await place.queue({ 'x-single-active-consumer': true });
    const first = await place.collect(queue);
    const second = await place.collect(queue);
    await place.send(queue, 'a');
    await place.send(queue, 'b');
    await place.until(() => first.got.length === 2, 'the active consumer was not served');
    assert.deepEqual(second.got, []);
    await place.channel.cancel(first.consumerTag);
    await place.send(queue, 'c');
    await place.until(() => second.got.length === 1, 'nobody took over');
  },

  async 'delivery limit of a quorum queue'(place) {
    const dead = await place.queue();
    const queue = await place.queue(toDeadLetters(dead, { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 }));
    await place.send(queue, 'poison');
    for (const count of [undefined, 1, 2]) {
      const message = await place.next(queue, false);
      assert.equal(message.properties.headers['x-delivery-count'], count);
      place.channel.reject(message, true);
    }
    assert.equal((await place.next(dead)).properties.headers['x-death'][0].reason, 'delivery_limit');
  },

  async 'copies and blind copies'(place) {
    const [to, copy, blind] = [await place.queue(), await place.queue(), await place.queue()];
    await place.send(to, 'three', { CC: [copy], BCC: [blind] });
    for (const queue of [to, copy, blind]) {
      assert.deepEqual({ ...(await place.next(queue)).properties.headers }, { CC: [copy] });
    }
  },

  async 'user id of another'(place) {
    await place.send(await place.queue(), 'mine', { userId: 'guest' });
    const error = await place.refused((channel) => channel.publish('', 'nowhere', Buffer.from(''), { userId: 'other' }));
    assert.equal(error.code, 406);
    assert.match(error.message, /PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'/);
  },

  async 'direct reply to'(place) {
    const requests = await place.queue();
    const { got } = await place.collect(REPLY_TO);
    await place.send(requests, 'ask', { replyTo: REPLY_TO, correlationId: '1' });
    const { replyTo, correlationId } = (await place.next(requests)).properties;
    await place.send(replyTo, 'answer', { correlationId });
    await place.until(() => got.length === 1, 'no reply came');
    assert.deepEqual([text(got[0]), got[0].properties.correlationId], ['answer', '1']);
  },

  async recover(place) {
    const queue = await place.queue();
    await place.send(queue, 'again');
    assert.equal((await place.next(queue, false)).fields.redelivered, false);
    await place.channel.recover();
    assert.equal((await place.next(queue)).fields.redelivered, true);
  },

  async 'update secret'(place) {
    await place.connection.updateSecret(Buffer.from('guest'), 'renewed');
    await place.send(await place.queue(), 'still in service');
  },

  async 'stream from an offset'(place) {
    const queue = await place.queue({ 'x-queue-type': 'stream' });
    for (let i = 0; i < 5; i += 1) await place.send(queue, `${i}`);
    await place.channel.prefetch(10);
    const { got } = await place.collect(queue, { arguments: { 'x-stream-offset': 2 } });
    await place.until(() => got.length === 3, 'the stream was not read to its end');
    assert.deepEqual(
      got.map((message) => [text(message), message.properties.headers['x-stream-offset']]),
      [['2', 2], ['3', 3], ['4', 4]]);
  },

  async 'consistent hash'(place) {
    const exchange = await place.exchange('x-consistent-hash');
    const queues = [await place.queue(), await place.queue()];
    for (const queue of queues) await place.channel.bindQueue(queue, exchange, '10');
    for (let i = 0; i < 100; i += 1) await place.send(`key${i % 50}`, `key${i % 50}`, {}, exchange);
    const [first, second] = [await place.drain(queues[0]), await place.drain(queues[1])];
    assert.equal(first.length + second.length, 100);
    assert.ok(first.length > 0 && second.length > 0, 'one queue got everything');
    assert.deepEqual(first.filter((key) => second.includes(key)), []);
  },

  async 'delayed exchange'(place) {
    const exchange = await place.exchange('x-delayed-message', { 'x-delayed-type': 'direct' });
    const queue = await place.queue();
    await place.channel.bindQueue(queue, exchange, 'k');
    const since = Date.now();
    await place.send('k', 'late', { headers: { 'x-delay': 300 } }, exchange);
    await place.send('k', 'at once', {}, exchange);
    assert.deepEqual([text(await place.next(queue)), text(await place.next(queue))], ['at once', 'late']);
    assert.ok(Date.now() - since >= 299, 'it came before it was due');
  },

  async 'random and modulus hash'(place) {
    for (const type of ['x-random', 'x-local-random', 'x-modulus-hash']) {
      const exchange = await place.exchange(type);
      const queues = [await place.queue(), await place.queue()];
      for (const queue of queues) await place.channel.bindQueue(queue, exchange, '');
      const sent = Array.from({ length: 20 }, (_, i) => String(i));
      for (const body of sent) await place.send(`k${body}`, body, {}, exchange);
      const got = [...await place.drain(queues[0]), ...await place.drain(queues[1])];
      assert.deepEqual(got.sort((a, b) => a - b), sent);
    }
  },

  async 'recent history'(place) {
    const exchange = await place.exchange('x-recent-history', { 'x-recent-history-length': 2 });
    for (const body of ['0', '1', '2']) await place.send('k', body, {}, exchange);
    await place.send('k', 'not kept', { headers: { 'x-recent-history-no-store': true } }, exchange);
    const queue = await place.queue();
    await place.channel.bindQueue(queue, exchange, '');
    assert.deepEqual(await place.drain(queue), ['1', '2']);
  },

  async deduplication(place) {
    const queue = await place.queue({ 'x-message-deduplication': true });
    const exchange = await place.exchange('x-message-deduplication', { 'x-cache-size': 100 });
    const behind = await place.queue();
    await place.channel.bindQueue(behind, exchange, '');
    for (const [body, identity] of [['a', 1], ['a again', 1], ['b', 2]]) {
      await place.send(queue, body, { headers: { 'x-deduplication-header': identity } });
      await place.send('', body, { headers: { 'x-deduplication-header': identity } }, exchange);
    }
    assert.deepEqual(await place.drain(queue), ['a', 'b']);
    assert.deepEqual([text(await place.next(behind)), text(await place.next(behind))], ['a', 'b']);
  },

  async 'groups and fair shares'(place) {
    const grouped = await place.queue({ 'x-message-group-header': 'order' });
    const [first, second] = [await place.connection.createChannel(), await place.connection.createChannel()];
    await first.prefetch(1);
    await second.prefetch(1);
    const toFirst = (await place.collect(grouped, {}, first)).got;
    await place.send(grouped, 'a1', { headers: { order: 'a' } });
    await place.until(() => toFirst.length === 1, 'nobody got the first message');
    const toSecond = (await place.collect(grouped, {}, second)).got;
    await place.send(grouped, 'a2', { headers: { order: 'a' } });
    await place.send(grouped, 'b1', { headers: { order: 'b' } });
    await place.until(() => toSecond.length === 1, 'the other group has no consumer');
    first.ack(toFirst[0]);
    await place.until(() => toFirst.length === 2, "the group's next message did not come");
    assert.deepEqual([toFirst.map(text), toSecond.map(text)], [['a1', 'a2'], ['b1']]);

    const fair = await place.queue({ 'x-fair-header': 'tenant' });
    for (let i = 0; i < 200; i++) await place.send(fair, `flood${'.'.repeat(200)}`, { headers: { tenant: 1 } });
    await place.send(fair, 'alone', { headers: { tenant: 2 } });
    const got = [];
    for (let i = 0; i < 10; i++) got.push(text(await place.next(fair)));
    assert.ok(got.includes('alone'));
  },

  async redefinition(place) {
    const queue = await place.queue();
    for (const body of ['a', 'b', 'c']) await place.send(queue, body);
    await place.channel.assertQueue(queue, { durable: true, arguments: { 'x-max-length': 1, 'x-allow-redefine': true } });
    assert.deepEqual(await place.drain(queue), ['c']);
  },

  async 'cancel notification'(place) {
    const queue = await place.queue();
    const { got } = await place.collect(queue);
    await place.channel.deleteQueue(queue);
    await place.until(() => got.length === 1, 'the consumer was not told');
    assert.deepEqual(got, [null]);
  },

  async events(place) {
    const { queue: told } = await place.channel.assertQueue('', { exclusive: true });
    await place.channel.bindQueue(told, 'amq.rabbitmq.event', 'consumer.created');
    await place.channel.bindQueue(told, 'amq.rabbitmq.event', 'channel.*');
    const { got } = await place.collect(told);
    const queue = await place.queue();
    const channel = await place.connection.createChannel();
    const { consumerTag } = await channel.consume(queue, () => {}, { noAck: true });
    await channel.close();
    const find = (key, matches) => got.find(({ fields, properties }) => fields.routingKey === key && matches(properties.headers));
    const consumer = () => find('consumer.created', (headers) => headers.consumer_tag === consumerTag);
    const closed = () => find('channel.closed', ({ pid }) => pid === consumer().properties.headers.channel);
    await place.until(() => consumer() && closed(), "the consumer's and the channel's events did not come");
    const { timestamp_in_ms: time, channel: pid, ...headers } = consumer().properties.headers;
    assert.deepEqual(headers, {
      consumer_tag: consumerTag, exclusive: false, ack_required: false, queue, vhost: '/', prefetch_count: 0, arguments: [],
      user_who_performed_action: 'guest',
    });
    assert.deepEqual([consumer().properties.deliveryMode, consumer().properties.timestamp], [2, Math.floor(time / 1000)]);
    const opened = find('channel.created', (created) => created.pid === pid).properties.headers;
    assert.deepEqual([opened.user, opened.vhost], ['guest', '/']);
    assert.ok(opened.name.endsWith(`(${opened.number})`), opened.name);
  },

  async 'returned messages'(place) {
    const returned = once(place.channel, 'return');
    await place.send(unique('nowhere'), 'lost', { mandatory: true });
    const [{ fields }] = await returned;
    assert.deepEqual([fields.replyCode, fields.replyText], [312, 'NO_ROUTE']);
  },

  async 'wrong arguments'(place) {
    for (const [name, value, cause] of [['x-message-ttl', -1, '{value_negative,-1}'], ['x-overflow', 'nope', 'invalid_overflow']]) {
      const queue = unique('wrong');
      const error = await place.refused((channel) => channel.assertQueue(queue, { arguments: { [name]: value } }));
      assert.equal(error.code, 406);
      const expected = `PRECONDITION_FAILED - invalid arg '${name}' for queue '${queue}' in vhost '/': ${cause}`;
      assert.ok(error.message.includes(expected), error.message);
    }
  },
};

run(async (connect) => {
  for (const [name, section] of Object.entries(sections)) {
    const place = await Place.open(connect);
    await section(place);
    await place.close();
    console.log(`ok ${name}`);
  }
});
