'use strict';

const { randomUUID } = require('node:crypto');
const { run, unique } = require('./broker');

function fibonacci(n) {
  let [a, b] = [0, 1];
  for (let i = 0; i < n; i += 1) [a, b] = [b, a + b];
  return a;
}

run(async (connect) => {
  const queue = unique('rpc_queue');
  const server = await connect();
  const serving = await server.createChannel();
  await serving.assertQueue(queue, { durable: false });
  await serving.prefetch(1);
  const { consumerTag } = await serving.consume(queue, (request) => {
    const answer = fibonacci(Number(request.content.toString()));
    serving.sendToQueue(request.properties.replyTo, Buffer.from(`${answer}`), {
      correlationId: request.properties.correlationId,
    });
    serving.ack(request);
  });

  const client = await connect();
  const calling = await client.createChannel();
  const { queue: replies } = await calling.assertQueue('', { exclusive: true });
  const waiting = new Map();
  await calling.consume(replies, (reply) => {
    waiting.get(reply.properties.correlationId)(reply.content.toString());
    waiting.delete(reply.properties.correlationId);
  }, { noAck: true });
  const call = (n) => new Promise((resolve) => {
    const correlationId = randomUUID();
    waiting.set(correlationId, resolve);
    calling.sendToQueue(queue, Buffer.from(`${n}`), { correlationId, replyTo: replies });
  });

  const numbers = [0, 1, 10, 20];
  const answers = await Promise.all(numbers.map(call));
  numbers.forEach((n, i) => console.log(`fib(${n}) = ${answers[i]}`));

  await serving.cancel(consumerTag);
  await serving.deleteQueue(queue);
  await client.close();
  await server.close();
});
