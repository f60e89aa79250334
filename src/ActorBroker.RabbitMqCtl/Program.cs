using ActorBroker.RabbitMqCtl;
using ActorBroker.RabbitMqCtl.Invocation;

return await Tool.RunAsync("rabbitmqctl", args, Terminal.OfProcess()).ConfigureAwait(false);
