package main

import (
	"context"
	"errors"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

func arguments() {
	connection, channel := connect()
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	declare := func(arguments amqp.Table) string {
		queue, err := channel.QueueDeclare(unique("queue"), false, false, true, false, arguments)
		check(err)
		return queue.Name
	}
	publish := func(queue string) {
		headers := amqp.Table{"number": int32(42), "flag": true, "text": "text"}
		check(channel.PublishWithContext(ctx, "", queue, false, false, amqp.Publishing{Headers: headers, Body: []byte("body")}))
	}

	priorities := declare(amqp.Table{"x-max-priority": 10})
	for _, priority := range []uint8{1, 9, 5} {
		check(channel.PublishWithContext(ctx, "", priorities, false, false,
			amqp.Publishing{Priority: priority, Body: []byte(fmt.Sprint(priority))}))
	}
	line := "priorities"
	for i := 0; i < 3; i++ {
		message, ok, err := channel.Get(priorities, true)
		check(err)
		line += fmt.Sprintf(" %s%s", message.Body, map[bool]string{true: "", false: "missing"}[ok])
	}
	fmt.Println(line)

	graves := unique("graves")
	check(channel.ExchangeDeclare(graves, "fanout", false, true, false, false, nil))
	dead := declare(nil)
	check(channel.QueueBind(dead, "", graves, false, nil))
	deadLetters, err := channel.Consume(dead, "", true, false, false, false, nil)
	check(err)
	report := func() {
		headers := next(deadLetters).Headers
		death := headers["x-death"].([]interface{})[0].(amqp.Table)
		fmt.Println("dead", death["reason"], death["count"], headers["number"], headers["flag"], headers["text"])
	}

	publish(declare(amqp.Table{"x-message-ttl": 50, "x-dead-letter-exchange": graves}))
	report()
	rejected := declare(amqp.Table{"x-dead-letter-exchange": graves})
	publish(rejected)
	message, _, err := channel.Get(rejected, false)
	check(err)
	check(message.Reject(false))
	report()
	full := declare(amqp.Table{"x-max-length": 1, "x-dead-letter-exchange": graves})
	publish(full)
	publish(full)
	report()

	other, err := connection.Channel()
	check(err)
	_, err = other.QueueDeclare(full, false, false, true, false, nil)
	var refused *amqp.Error
	if errors.As(err, &refused) {
		fmt.Println("declared again otherwise", refused.Code)
	}
}
