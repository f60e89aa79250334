'use strict';

// amqp-connection-manager: set-up functions, publishes buffered until there is a connection, a consumer.

const { randomUUID } = require('node:crypto');
const manager = require('amqp-connection-manager');

const [host, port] = process.argv.slice(2);

async function main() {
  const queue = `work-${randomUUID()}`;
  const connection = manager.connect([`amqp://guest:guest@${host}:${port}`]);
  const publisher = connection.createChannel({
    json: true,
    setup: async (channel) => {
      await channel.assertQueue(queue, { durable: true, deadLetterExchange: 'amq.fanout', maxPriority: 5, expires: 60_000 });
      await channel.bindQueue(queue, 'amq.topic', 'create.#');
    },
  });
  const sent = Array.from({ length: 100 }, (_, i) => publisher.publish('amq.topic', 'create.order', { i }, { persistent: true }));
  console.log(`confirmed ${(await Promise.all(sent)).length}`);

  const bodies = [];
  let finished;
  const all = new Promise((resolve) => { finished = resolve; });
  const consumer = connection.createChannel({
    setup: async (channel) => {
      await channel.prefetch(10);
    },
  });
  await consumer.waitForConnect();
  await consumer.consume(queue, (message) => {
    bodies.push(JSON.parse(message.content).i);
    consumer.ack(message);
    if (bodies.length === 100) finished();
  });
  await all;
  console.log(`received ${bodies.every((body, i) => body === i) ? 'in order' : 'out of order'}`);
  await consumer.cancelAll();
  await consumer.waitForConnect();
  console.log(`left ${(await publisher.checkQueue(queue)).messageCount}`);
  await publisher.deleteQueue(queue);
  await connection.close();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
