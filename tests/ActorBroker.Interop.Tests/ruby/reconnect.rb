require_relative "broker"

connection = connect(network_recovery_interval: 0.1, recover_from_connection_close: true)
channel = connection.create_channel
exchange = channel.topic(unique("events"), auto_delete: true)
received = Queue.new
channel.queue("", exclusive: true).bind(exchange, routing_key: "news.#").subscribe { |_delivery, _properties, body| received << body }
exchange.publish("before", routing_key: "news.first")
puts "received #{next_of(received)}"

recovered = Queue.new
connection.after_recovery_completed { recovered << true }
puts "cut me"
next_of(recovered)
exchange.publish("after", routing_key: "news.second")
puts "received #{next_of(received)}"
connection.close
