'use strict';

// Rascal finds back after its connections were cut: publications and subscriptions go on by themselves.

const Rascal = require('rascal');

const [host, port] = process.argv.slice(2);

const config = Rascal.withDefaultConfig({
  vhosts: {
    '/': {
      connection: {
        hostname: host, port: Number(port), user: 'guest', password: 'guest', vhost: '/', retry: { min: 50, max: 500, factor: 2, strategy: 'exponential' },
      },
      namespace: true,
      exchanges: ['news'],
      queues: ['reader'],
      bindings: ['news[#] -> reader'],
      publications: { news: { exchange: 'news', routingKey: 'today' } },
      subscriptions: { reader: { queue: 'reader', retry: { min: 50, max: 500, factor: 2, strategy: 'exponential' } } },
    },
  },
});

async function main() {
  const broker = await Rascal.BrokerAsPromised.create(config);
  broker.on('error', (error) => console.error(error.message));
  let received;
  const subscription = await broker.subscribe('reader');
  subscription.on('error', (error) => console.error(error.message));
  subscription.on('message', (message, content, ackOrNack) => {
    ackOrNack();
    // The acknowledgement may have been cut off as well: then the first message comes a second time.
    if (!message.fields.redelivered) received(content);
  });
  const next = () => new Promise((resolve) => { received = resolve; });

  let arrival = next();
  await broker.publish('news', 'before');
  console.log(`received ${await arrival}`);

  const reconnected = new Promise((resolve) => { broker.once('vhost_initialised', resolve); });
  console.log('cut me');
  await reconnected;
  arrival = next();
  await broker.publish('news', 'after');
  console.log(`received ${await arrival}`);
  await broker.nuke();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
