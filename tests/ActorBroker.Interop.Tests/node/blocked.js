'use strict';

// A broker short of disk space holds back who publishes, and says so; who consumes goes on.

const { once } = require('node:events');
const { run } = require('./broker');

run(async (connect) => {
  const connection = await connect();
  const blocked = once(connection, 'blocked');
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  // One that comes before the broker has looked at its disk goes through.
  const publishing = setInterval(() => channel.sendToQueue(queue, Buffer.from('held back or not')), 50);
  console.log('blocked', (await blocked)[0]);
  clearInterval(publishing);
  const reader = await connection.createChannel();
  console.log('served', (await reader.checkQueue(queue)).queue === queue);
});
