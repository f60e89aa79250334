'use strict';

// A connection over TLS; the certificates are named by the environment.
const fs = require('node:fs');
const amqp = require('amqplib');
const { unique, receive } = require('./broker');

const read = (name) => (process.env[name] ? fs.readFileSync(process.env[name]) : undefined);

async function main() {
  const [host, port] = process.argv.slice(2);
  const external = process.env.TLS_LOGIN === 'EXTERNAL';
  const connection = await amqp.connect(`amqps://${external ? '' : 'guest:guest@'}${host}:${port}/`, {
    servername: 'localhost',
    ca: [read('TLS_CA')],
    cert: read('TLS_CERTIFICATE'),
    key: read('TLS_KEY'),
    ...(external ? { credentials: amqp.credentials.external() } : {}),
  });
  const channel = await connection.createConfirmChannel();
  const queue = unique('secure');
  await channel.assertQueue(queue, { exclusive: true });
  for (const size of [0, 10, 20000, 1000000]) channel.sendToQueue(queue, Buffer.alloc(size, 'x'));
  await channel.waitForConfirms();
  await receive(channel, queue, 4, (message) => console.log(`received ${message.content.length}`));
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  });
