'use strict';

// amqp-connection-manager after a cut: what was published in between is sent, and the consumer is set up again.

const { randomUUID } = require('node:crypto');
const manager = require('amqp-connection-manager');

const [host, port] = process.argv.slice(2);

async function main() {
  const queue = `survivor-${randomUUID()}`;
  const connection = manager.connect([`amqp://guest:guest@${host}:${port}`], { reconnectTimeInSeconds: 0.1, heartbeatIntervalInSeconds: 5 });
  let received;
  const next = () => new Promise((resolve) => { received = resolve; });
  const channel = connection.createChannel({
    setup: async (plain) => {
      await plain.assertQueue(queue, { durable: true });
      await plain.consume(queue, (message) => {
        if (message === null) return;  // told that the queue was deleted
        plain.ack(message);
        const body = message.content.toString();
        // The acknowledgement may have been cut off as well: then the first message comes a second time.
        if (!message.fields.redelivered) received(body);
      });
    },
  });
  await channel.waitForConnect();
  let arrival = next();
  await channel.sendToQueue(queue, 'before', { persistent: true });
  console.log(`received ${await arrival}`);
  arrival = next();
  const disconnected = new Promise((resolve) => { connection.once('disconnect', resolve); });
  console.log('cut me');
  await disconnected;
  await channel.sendToQueue(queue, 'after', { persistent: true });
  console.log(`received ${await arrival}`);
  await channel.deleteQueue(queue);
  await connection.close();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
