'use strict';

// Rascal with its defaults: namespaced topology, confirmed publications, subscriptions with each recovery strategy.

const Rascal = require('rascal');

const [host, port] = process.argv.slice(2);

const config = Rascal.withDefaultConfig({
  vhosts: {
    '/': {
      connection: { hostname: host, port: Number(port), user: 'guest', password: 'guest', vhost: '/' },
      namespace: true,
      exchanges: ['orders', 'delayed', 'dead_letters'],
      queues: {
        accepted: { options: { arguments: { 'x-dead-letter-exchange': 'dead_letters' } } },
        rest: {
          options: {
            arguments: { 'x-message-ttl': 200, 'x-dead-letter-exchange': 'orders', 'x-dead-letter-routing-key': 'order.again' },
          },
        },
        dead: {},
      },
      bindings: [
        'orders[order.new,order.again] -> accepted',
        'delayed[#] -> rest',
        'dead_letters[#] -> dead',
      ],
      publications: {
        order: { exchange: 'orders', routingKey: 'order.new' },
        later: { exchange: 'delayed', routingKey: 'order.later' },
        lost: { exchange: 'orders', routingKey: 'nobody.wants.this', options: { mandatory: true } },
      },
      subscriptions: {
        accepted: { queue: 'accepted', prefetch: 5 },
        dead: { queue: 'dead' },
      },
    },
  },
});

const published = (publication) => new Promise((resolve, reject) => {
  publication.on('success', () => resolve('confirmed'));
  publication.on('return', () => resolve('returned'));
  publication.on('error', reject);
});

async function main() {
  const broker = await Rascal.BrokerAsPromised.create(config);
  broker.on('error', (error) => console.error(error.message));
  const done = {};
  const event = (name) => new Promise((resolve) => { done[name] = resolve; });

  const accepted = await broker.subscribe('accepted');
  const attempts = {};
  accepted.on('message', (message, content, ackOrNack) => {
    const { kind } = content;
    attempts[kind] = (attempts[kind] ?? 0) + 1;
    if (kind === 'retried') {
      if (attempts[kind] < 3) {
        ackOrNack(new Error('again'), [{ strategy: 'republish', defer: 50, attempts: 5 }, { strategy: 'nack' }]);
        return;
      }
      const rascal = message.properties.headers.rascal;
      console.log(`republished ${Object.values(rascal.recovery)[0].republished}`);
    } else if (kind === 'requeued' && attempts[kind] < 2) {
      ackOrNack(new Error('requeue'), { strategy: 'nack', requeue: true });
      return;
    } else if (kind === 'poison') {
      ackOrNack(new Error('poison'));
      return;
    }
    ackOrNack();
    done[kind](message);
  });
  accepted.on('error', (error) => console.error(error.message));

  const dead = await broker.subscribe('dead');
  dead.on('message', (message, content, ackOrNack) => {
    ackOrNack();
    done.dead(message);
  });

  for (const kind of ['plain', 'retried', 'requeued']) {
    const seen = event(kind);
    console.log(`${kind} ${await published(await broker.publish('order', { kind }))}`);
    const message = await seen;
    if (kind === 'requeued') console.log(`redelivered ${message.fields.redelivered}`);
  }

  const rested = event('rested');
  await published(await broker.publish('later', { kind: 'rested' }));
  console.log(`rested, then ${(await rested).properties.headers['x-death'][0].reason}`);

  const buried = event('dead');
  await published(await broker.publish('order', { kind: 'poison' }));
  console.log(`buried because ${(await buried).properties.headers['x-death'][0].reason}`);

  console.log(`lost ${await published(await broker.publish('lost', { kind: 'lost' }))}`);
  await broker.nuke();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
