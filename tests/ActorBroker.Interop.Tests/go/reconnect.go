package main

import (
	"context"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func reconnect() {
	queue := unique("survivor")
	check(serve(queue, "before"))
	for deadline := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		err := serve(queue, "after")
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			check(err)
		}
	}
}

// serve publishes and receives one message over a connection of its own; but for the last, it then waits for the connection to be cut.
func serve(queue, body string) error {
	connection, err := dial()
	if err != nil {
		return err
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err != nil {
		return err
	}
	if _, err = channel.QueueDeclare(queue, true, false, false, false, nil); err != nil {
		return err
	}
	// Acknowledged: what went to a connection that was just cut comes again.
	deliveries, err := channel.Consume(queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	if err = channel.PublishWithContext(context.Background(), "", queue, false, false, amqp.Publishing{Body: []byte(body)}); err != nil {
		return err
	}
	for received := ""; received != body; {
		delivery, open := <-deliveries
		if !open {
			return amqp.ErrClosed
		}
		if err = delivery.Ack(false); err != nil {
			return err
		}
		received = string(delivery.Body)
	}
	fmt.Println("received", body)
	if body == "after" {
		_, err = channel.QueueDelete(queue, false, false, false)
		return err
	}
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	fmt.Println("cut me")
	<-closed
	return nil
}
