'use strict';

const { randomUUID } = require('node:crypto');
const amqp = require('amqplib');

/** Runs a tutorial against the broker named on the command line: exit code 0 once all its parts have ended. */
function run(tutorial) {
  const [host, port] = process.argv.slice(2);
  const connect = () => amqp.connect(`amqp://guest:guest@${host}:${port}/`);
  tutorial(connect).then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    });
}

/** A name that no other run uses. */
const unique = (name) => `${name}-${randomUUID()}`;

/** Consumes until `count` messages have come, each handled before the next counts. */
async function receive(channel, queue, count, onMessage, options = { noAck: true }) {
  let left = count;
  let consumerTag;
  await new Promise((resolve, reject) => {
    channel.on('error', reject);
    channel.consume(queue, (message) => {
      if (message === null) {
        reject(new Error(`the consumer of ${queue} was cancelled`));
        return;
      }
      onMessage(message);
      left -= 1;
      if (left === 0) resolve();
    }, options).then((ok) => { consumerTag = ok.consumerTag; }, reject);
  });
  if (consumerTag !== undefined) await channel.cancel(consumerTag);
}

module.exports = { run, unique, receive };
