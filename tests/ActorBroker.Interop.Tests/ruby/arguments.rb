require_relative "broker"

HEADERS = { "number" => 42, "flag" => true, "text" => "text" }.freeze

connection = connect
channel = connection.create_channel
priorities = channel.queue("", exclusive: true, arguments: { "x-max-priority" => 10 })
[1, 9, 5].each { |priority| priorities.publish(priority.to_s, priority: priority) }
puts "priorities #{Array.new(3) { priorities.pop.last }.join(' ')}"

graves = channel.fanout(unique("graves"), auto_delete: true)
dead = channel.queue("", exclusive: true).bind(graves)
dead_letters = Queue.new
dead.subscribe { |_delivery, properties, _body| dead_letters << properties.headers }
report = lambda do
  headers = next_of(dead_letters)
  death = headers["x-death"].first
  puts "dead #{death['reason']} #{death['count']} #{headers['number']} #{headers['flag']} #{headers['text']}"
end
queue = ->(arguments) { channel.queue(unique("mortal"), exclusive: true, arguments: { "x-dead-letter-exchange" => graves.name }.merge(arguments)) }

queue.call("x-message-ttl" => 50).publish("short-lived", headers: HEADERS)
report.call
rejected = queue.call({})
rejected.publish("refused", headers: HEADERS)
delivery, = rejected.pop(manual_ack: true)
channel.reject(delivery.delivery_tag)
report.call
full = queue.call("x-max-length" => 1)
2.times { full.publish("too many", headers: HEADERS) }
report.call

begin
  connection.create_channel.queue(full.name, exclusive: true)
rescue Bunny::PreconditionFailed
  puts "declared again otherwise 406"
end
connection.close
