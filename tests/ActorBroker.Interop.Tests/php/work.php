<?php

require_once __DIR__ . '/broker.php';

use PhpAmqpLib\Message\AMQPMessage;

$connection = connect();
$channel = $connection->channel();
$channel->confirm_select();
$queue = unique('work');
$channel->queue_declare($queue, false, true, false, false);
$confirmed = 0;
$channel->set_ack_handler(function () use (&$confirmed): void {
    $confirmed += 1;
});
for ($i = 0; $i < 500; $i += 1) {
    $channel->basic_publish(new AMQPMessage("task-$i", ['delivery_mode' => 2]), '', $queue);
}
$channel->wait_for_pending_acks(20);
say("confirmed $confirmed");

$channel->set_return_listener(function (int $code, string $text): void {
    say("returned $code $text");
});
$channel->basic_publish(new AMQPMessage('lost'), '', unique('nowhere'), true);
$channel->wait_for_pending_acks_returns(20);

$channel->basic_qos(0, 50, false);
$bodies = [];
$tag = $channel->basic_consume($queue, '', false, false, false, false, function (AMQPMessage $message) use (&$bodies): void {
    $bodies[] = $message->getBody();
    $message->ack();
});
while (count($bodies) < 500) {
    $channel->wait(null, false, 20);
}
$expected = array_map(fn (int $i): string => "task-$i", range(0, 499));
say('received 500 ' . ($bodies === $expected ? 'in order' : 'out of order'));
$channel->basic_cancel($tag);
[, $left] = $channel->queue_declare($queue, true);
say("left $left");
$channel->queue_delete($queue);
$connection->close();
