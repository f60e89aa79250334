# What the scripts share: a connection to the broker named on the command line, and names of their own.
require "bunny"
require "securerandom"

$stdout.sync = true

def connect(**options)
  host, port = ARGV
  Bunny.new(host: host, port: Integer(port), user: "guest", pass: "guest", logger: Logger.new(File::NULL), **options).start
end

def unique(name)
  "#{name}-#{SecureRandom.uuid}"
end

# The next element of a Ruby queue; an error when none comes.
def next_of(queue)
  Timeout.timeout(20) { queue.pop }
end
