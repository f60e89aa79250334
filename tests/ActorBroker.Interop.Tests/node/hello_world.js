'use strict';

const { run, unique, receive } = require('./broker');

run(async (connect) => {
  const queue = unique('hello');
  const sender = await connect();
  const sending = await sender.createChannel();
  await sending.assertQueue(queue, { durable: false });
  sending.sendToQueue(queue, Buffer.from('Hello World!'));

  const receiver = await connect();
  const receiving = await receiver.createChannel();
  await receiving.assertQueue(queue, { durable: false });
  await receive(receiving, queue, 1, (message) => console.log(`received ${message.content}`));

  await receiving.deleteQueue(queue);
  await sender.close();
  await receiver.close();
});
