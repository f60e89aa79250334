<?php

require_once __DIR__ . '/broker.php';

use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

$connection = connect();
$channel = $connection->channel();

$declare = fn (array $arguments): string =>
    $channel->queue_declare(unique('queue'), false, false, true, false, false, new AMQPTable($arguments))[0];
$message = fn (string $body): AMQPMessage =>
    new AMQPMessage($body, ['application_headers' => new AMQPTable(['number' => 42, 'flag' => true, 'text' => 'text'])]);

$priorities = $declare(['x-max-priority' => 10]);
foreach ([1, 9, 5] as $priority) {
    $channel->basic_publish(new AMQPMessage((string) $priority, ['priority' => $priority]), '', $priorities);
}
say('priorities ' . implode(' ', array_map(fn (): string => $channel->basic_get($priorities, true)->getBody(), [1, 2, 3])));

$graves = unique('graves');
$channel->exchange_declare($graves, 'fanout');
$dead = $declare([]);
$channel->queue_bind($dead, $graves);
$channel->basic_consume($dead, '', false, true, false, false, function (AMQPMessage $letter): void {
    $headers = $letter->get('application_headers')->getNativeData();
    $death = $headers['x-death'][0];
    $flag = var_export($headers['flag'], true);
    say("dead {$death['reason']} {$death['count']} {$headers['number']} $flag {$headers['text']}");
});

$channel->basic_publish($message('short-lived'), '', $declare(['x-message-ttl' => 50, 'x-dead-letter-exchange' => $graves]));
$channel->wait(null, false, 20);
$rejected = $declare(['x-dead-letter-exchange' => $graves]);
$channel->basic_publish($message('refused'), '', $rejected);
$channel->basic_get($rejected)->reject(false);
$channel->wait(null, false, 20);
$full = $declare(['x-max-length' => 1, 'x-dead-letter-exchange' => $graves]);
$channel->basic_publish($message('too many'), '', $full);
$channel->basic_publish($message('too many'), '', $full);
$channel->wait(null, false, 20);

try {
    $connection->channel()->queue_declare($full, false, false, true, false);
} catch (AMQPProtocolChannelException $e) {
    say("declared again otherwise {$e->amqp_reply_code}");
}
$connection->close();
