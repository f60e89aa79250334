"""A connection over TLS; the certificates are named by the environment. With a client's certificate, by EXTERNAL if so wanted."""
import os
import ssl
import sys

import pika

from broker import receive, unique

host, port = sys.argv[1:3]
context = ssl.create_default_context(cafile=os.environ["TLS_CA"])
if "TLS_CERTIFICATE" in os.environ:
    context.load_cert_chain(os.environ["TLS_CERTIFICATE"], os.environ["TLS_KEY"])
credentials = pika.credentials.ExternalCredentials() if os.environ.get("TLS_LOGIN") == "EXTERNAL" else pika.PlainCredentials("guest", "guest")
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host=host, port=int(port), credentials=credentials, ssl_options=pika.SSLOptions(context, server_hostname="localhost")))
channel = connection.channel()
queue = unique("secure")
channel.queue_declare(queue=queue, exclusive=True)
channel.confirm_delivery()
for size in (0, 10, 20_000, 1_000_000):
    channel.basic_publish(exchange="", routing_key=queue, body="x" * size)
receive(channel, queue, 4, lambda method, properties, body: print("received", len(body)))
connection.close()
