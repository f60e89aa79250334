<?php

require_once __DIR__ . '/broker.php';

use PhpAmqpLib\Exception\AMQPExceptionInterface;
use PhpAmqpLib\Message\AMQPMessage;

$queue = unique('survivor');
$body = 'before';
$received = null;
for ($attempt = 0; $attempt < 50 && $body !== null; $attempt += 1) {
    try {
        $connection = connect();
        $channel = $connection->channel();
        $channel->queue_declare($queue, false, true, false, false);
        $channel->confirm_select();
        $channel->basic_consume($queue, '', false, false, false, false, function (AMQPMessage $message) use (&$received): void {
            $message->ack();
            $received = $message->getBody();
        });
        $channel->basic_publish(new AMQPMessage($body), '', $queue);
        while ($received !== $body) {
            $channel->wait(null, false, 20);
        }
        say("received $received");
        if ($body === 'after') {
            $channel->queue_delete($queue);
            $connection->close();
            break;
        }
        $body = 'after';
        say('cut me');
        $channel->wait(null, false, 20);
    } catch (AMQPExceptionInterface | RuntimeException $e) {
        usleep(50_000);
    }
}
