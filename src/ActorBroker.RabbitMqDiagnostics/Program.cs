using ActorBroker.RabbitMqCtl;
using ActorBroker.RabbitMqCtl.Invocation;

return await Tool.RunAsync("rabbitmq-diagnostics", args, Terminal.OfProcess()).ConfigureAwait(false);
