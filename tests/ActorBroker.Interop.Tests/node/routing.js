'use strict';

const { run, unique, receive } = require('./broker');

run(async (connect) => {
  const exchange = unique('direct_logs');
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(exchange, 'direct', { durable: false });
  const bind = async (severities) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const severity of severities) await channel.bindQueue(queue, exchange, severity);
    return queue;
  };
  const disk = await bind(['error']);
  const screen = await bind(['info', 'warning', 'error']);

  const logs = [['info', 'started'], ['warning', 'slow'], ['debug', 'unseen'], ['error', 'kernel panic']];
  for (const [severity, text] of logs) channel.publish(exchange, severity, Buffer.from(text));
  await channel.waitForConfirms();

  const print = (name) => (message) => console.log(`${name} ${message.fields.routingKey}: ${message.content}`);
  await receive(channel, disk, 1, print('disk'));
  await receive(channel, screen, 3, print('screen'));

  await channel.deleteExchange(exchange);
  await connection.close();
});
