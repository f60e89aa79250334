<?php
// What the scripts share: a connection to the broker named on the command line, and names of their own.

require_once '/usr/share/php/PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;

function connect(): AMQPStreamConnection
{
    [, $host, $port] = $_SERVER['argv'];
    return new AMQPStreamConnection($host, (int) $port, 'guest', 'guest', '/', false, 'AMQPLAIN', null, 'en_US', 5.0, 20.0);
}

function unique(string $name): string
{
    return $name . '-' . bin2hex(random_bytes(12));
}

function say(string $line): void
{
    echo $line, "\n";
}
