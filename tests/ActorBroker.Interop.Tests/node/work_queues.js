'use strict';

const { run, unique, receive } = require('./broker');

run(async (connect) => {
  const queue = unique('task_queue');
  const boss = await connect();
  const tasks = await boss.createConfirmChannel();
  await tasks.assertQueue(queue, { durable: true });
  for (let i = 0; i < 10; i += 1) {
    tasks.sendToQueue(queue, Buffer.from(`task-${i}`), { persistent: true });
  }
  await tasks.waitForConfirms();

  const doomed = await connect();
  const dying = await doomed.createChannel();
  await dying.prefetch(1);
  await receive(dying, queue, 1, (message) => console.log(`taken and lost ${message.content}`), { noAck: false });
  await doomed.close();

  const workers = [await connect(), await connect()];
  let left = 10;
  await new Promise((resolve, reject) => {
    Promise.all(workers.map(async (worker) => {
      const channel = await worker.createChannel();
      await channel.prefetch(1);
      await channel.consume(queue, (message) => {
        if (message === null) return;  // told that the queue was deleted
        if (message.fields.redelivered) console.log(`again ${message.content}`);
        console.log(`done ${message.content}`);
        channel.ack(message);
        left -= 1;
        if (left === 0) resolve();
      });
    })).catch(reject);
  });

  await tasks.deleteQueue(queue);
  for (const connection of [...workers, boss]) await connection.close();
});
