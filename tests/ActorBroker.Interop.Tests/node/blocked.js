'use strict';

// A broker short of disk space holds back who publishes, and says so; who consumes goes on.

const { once } = require('node:events');
const { run } = require('./broker');

run(async (connect) => {
  const connection = await connect();
  const blocked = once(connection, 'blocked');
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('held back'));
  console.log('blocked', (await blocked)[0]);
  const reader = await connection.createChannel();
  console.log('served', (await reader.checkQueue(queue)).messageCount);
});
