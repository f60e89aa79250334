'use strict';

const { run, unique, receive } = require('./broker');

run(async (connect) => {
  const exchange = unique('logs');
  const connection = await connect();
  const subscribers = [];
  for (const name of ['first', 'second']) {
    const channel = await connection.createChannel();
    await channel.assertExchange(exchange, 'fanout', { durable: false });
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, exchange, '');
    subscribers.push({ name, channel, queue });
  }

  const publisher = await connect();
  const channel = await publisher.createChannel();
  await channel.assertExchange(exchange, 'fanout', { durable: false });
  for (let i = 0; i < 3; i += 1) channel.publish(exchange, '', Buffer.from(`log-${i}`));

  for (const { name, channel: own, queue } of subscribers) {
    await receive(own, queue, 3, (message) => console.log(`${name} ${message.content}`));
  }

  await channel.deleteExchange(exchange);
  await publisher.close();
  await connection.close();
});
