require_relative "broker"

connection = connect
channel = connection.create_channel
channel.confirm_select
channel.prefetch(50)
work = channel.queue(unique("work"), durable: true)
500.times { |i| work.publish("task-#{i}", persistent: true) }
abort "not confirmed" unless channel.wait_for_confirms
puts "confirmed 500"

returned = Queue.new
exchange = channel.direct("amq.direct")
exchange.on_return { |info, _properties, _body| returned << info }
exchange.publish("lost", routing_key: unique("nowhere"), mandatory: true)
info = next_of(returned)
puts "returned #{info.reply_code} #{info.reply_text}"

received = Queue.new
consumer = work.subscribe(manual_ack: true) do |delivery, _properties, body|
  received << body
  channel.ack(delivery.delivery_tag)
end
bodies = Array.new(500) { next_of(received) }
puts "received 500 #{bodies == Array.new(500) { |i| "task-#{i}" } ? 'in order' : 'out of order'}"
consumer.cancel
puts "left #{work.message_count}"
work.delete
connection.close
