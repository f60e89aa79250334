'use strict';

const { once } = require('node:events');
const { run, unique } = require('./broker');

run(async (connect) => {
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue(unique('confirms'), { exclusive: true });
  const publish = (onConfirm) => channel.sendToQueue(queue, Buffer.from('body'), {}, onConfirm);

  let single = 0;
  for (; single < 100; single += 1) {
    publish();
    await channel.waitForConfirms();
  }
  console.log(`confirmed one by one ${single}`);

  let inBatches = 0;
  while (inBatches < 1000) {
    for (let i = 0; i < 100; i += 1, inBatches += 1) publish();
    await channel.waitForConfirms();
  }
  console.log(`confirmed in batches ${inBatches}`);

  const confirms = [];
  for (let i = 0; i < 1000; i += 1) {
    confirms.push(new Promise((resolve, reject) => {
      publish((error) => (error ? reject(error) : resolve()));
    }));
  }
  console.log(`confirmed as they come ${(await Promise.all(confirms)).length}`);
  console.log(`in the queue ${(await channel.checkQueue(queue)).messageCount}`);

  const returned = once(channel, 'return');
  channel.publish('amq.direct', unique('nobody'), Buffer.from('unroutable'), { mandatory: true });
  const [message] = await returned;
  console.log(`returned ${message.fields.replyText} ${message.fields.replyCode}`);
  await channel.waitForConfirms();
  await connection.close();
});
