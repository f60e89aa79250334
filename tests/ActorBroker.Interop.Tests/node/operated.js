'use strict';

// What an operator has set, as amqplib meets it: one line for each.

const { once } = require('node:events');
const { run } = require('./broker');

const LIMIT = 20000;
const text = (message) => message.content.toString();

async function drain(channel, queue) {
  const texts = [];
  for (;;) {
    const got = await channel.get(queue, { noAck: true });
    if (got === false) return texts;
    texts.push(text(got));
  }
}

async function nextOf(channel, queue) {
  for (const end = Date.now() + LIMIT; Date.now() < end;) {
    const got = await channel.get(queue, { noAck: true });
    if (got !== false) return got;
  }
  throw new Error(`nothing came to ${queue}`);
}

run(async (connect) => {
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  for (const queue of ['limited.by-policy', 'capped.by-operator']) {
    await channel.assertQueue(queue, { durable: false, arguments: queue.startsWith('capped') ? { 'x-max-length': 2 } : {} });
    for (const body of ['a', 'b', 'c', 'd']) channel.sendToQueue(queue, Buffer.from(body));
    await channel.waitForConfirms();
    console.log(queue, ...await drain(channel, queue));
  }

  const trace = (await channel.assertQueue('', { exclusive: true })).queue;
  await channel.bindQueue(trace, 'amq.rabbitmq.trace', 'publish.#');
  channel.publish('amq.direct', 'nowhere', Buffer.from('seen'));
  const copy = await nextOf(channel, trace);
  console.log('traced', copy.fields.routingKey, JSON.stringify(copy.properties.headers.routing_keys), text(copy));

  for (let count = 0; count < 10; count++) {
    const another = await connection.createChannel();
    const closed = once(another, 'error');
    try {
      await another.assertQueue('', { exclusive: true });
    } catch {
      console.log('queues', (await closed)[0].code);
      break;
    }
  }

  const connections = [];
  try {
    while (connections.length < 10) connections.push(await connect());
  } catch {
    console.log('connections', 1 + connections.length);
  }
  for (const each of connections) await each.close();
  await connection.close();
});
