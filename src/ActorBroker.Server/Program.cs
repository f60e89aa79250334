using ActorBroker.Server.Composition;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
