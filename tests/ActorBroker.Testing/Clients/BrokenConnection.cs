using ActorBroker.Testing.Processes;
using RabbitMQ.Client.Exceptions;

namespace ActorBroker.Testing.Clients;

/// <summary>What clients go through when their broker is gone.</summary>
public static class BrokenConnection
{
    /// <summary>Whether a client throws this because it has lost its connection, or gets no other answer for it.</summary>
    public static bool IsCauseOf(Exception e) =>
        e is OperationInterruptedException or OperationCanceledException or PublishException
            or IOException or System.Net.Sockets.SocketException;

    public static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(BrokerProcess.AnswerLimit, CancellationToken.None);
    }
}
