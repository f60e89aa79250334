// Programs of the interop tests that use amqp091: the first argument names the part to play, the next two the broker.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const limit = 20 * time.Second

func main() {
	rand.Seed(time.Now().UnixNano())
	parts := map[string]func(){"work": work, "arguments": arguments, "reconnect": reconnect}
	part, ok := parts[os.Args[1]]
	if !ok {
		log.Fatalf("no part %q", os.Args[1])
	}
	part()
}

func dial() (*amqp.Connection, error) {
	return amqp.Dial(fmt.Sprintf("amqp://guest:guest@%s/", net.JoinHostPort(os.Args[2], os.Args[3])))
}

func connect() (*amqp.Connection, *amqp.Channel) {
	connection, err := dial()
	check(err)
	channel, err := connection.Channel()
	check(err)
	return connection, channel
}

func unique(name string) string {
	return fmt.Sprintf("%s-%016x%016x", name, rand.Uint64(), rand.Uint64())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// next is the next delivery; the program ends when none comes.
func next(deliveries <-chan amqp.Delivery) amqp.Delivery {
	select {
	case delivery, open := <-deliveries:
		if !open {
			log.Fatal("the consumer ended")
		}
		return delivery
	case <-time.After(limit):
		log.Fatal("no delivery came")
	}
	panic("unreachable")
}
