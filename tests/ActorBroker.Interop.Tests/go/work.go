package main

import (
	"context"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

func work() {
	connection, channel := connect()
	defer connection.Close()
	check(channel.Confirm(false))
	queue, err := channel.QueueDeclare(unique("work"), true, false, false, false, nil)
	check(err)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	confirmed := 0
	var pending []*amqp.DeferredConfirmation
	for i := 0; i < 500; i++ {
		confirmation, err := channel.PublishWithDeferredConfirmWithContext(ctx, "", queue.Name, false, false,
			amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte(fmt.Sprintf("task-%d", i))})
		check(err)
		pending = append(pending, confirmation)
	}
	for _, confirmation := range pending {
		if confirmation.Wait() {
			confirmed++
		}
	}
	fmt.Println("confirmed", confirmed)

	returns := channel.NotifyReturn(make(chan amqp.Return, 1))
	check(channel.PublishWithContext(ctx, "", unique("nowhere"), true, false, amqp.Publishing{Body: []byte("lost")}))
	returned := <-returns
	fmt.Println("returned", returned.ReplyCode, returned.ReplyText)

	check(channel.Qos(50, 0, false))
	deliveries, err := channel.Consume(queue.Name, "worker", false, false, false, false, nil)
	check(err)
	order := "in order"
	for i := 0; i < 500; i++ {
		delivery := next(deliveries)
		if string(delivery.Body) != fmt.Sprintf("task-%d", i) {
			order = "out of order"
		}
		check(delivery.Ack(false))
	}
	fmt.Println("received 500", order)
	check(channel.Cancel("worker", false))
	state, err := channel.QueueInspect(queue.Name)
	check(err)
	fmt.Println("left", state.Messages)
	_, err = channel.QueueDelete(queue.Name, false, false, false)
	check(err)
}
