'use strict';

const { run, unique, receive } = require('./broker');

run(async (connect) => {
  const exchange = unique('topic_logs');
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(exchange, 'topic', { durable: false });
  const subscriptions = [];
  for (const [name, pattern, count] of [['*', '#', 4], ['kern.*', 'kern.*', 2], ['*.critical', '*.critical', 2]]) {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, exchange, pattern);
    subscriptions.push({ name, queue, count });
  }

  for (const key of ['kern.critical', 'kern.info', 'cron.critical', 'cron.info.daily']) {
    channel.publish(exchange, key, Buffer.from(key));
  }
  await channel.waitForConfirms();

  for (const { name, queue, count } of subscriptions) {
    await receive(channel, queue, count, (message) => console.log(`${name} ${message.content}`));
  }

  await channel.deleteExchange(exchange);
  await connection.close();
});
