using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ActorBroker.TestKit.Tests.Access;

/// <summary>What a broker says to an operation.</summary>
internal static class Refused
{
    /// <summary>Why the channel was closed by an operation; null when it was not.</summary>
    public static async Task<string?> TextAsync(IChannel channel, Func<IChannel, Task> operation)
    {
        try
        {
            await operation(channel);

            // Needs no right, and is answered behind the operation.
            await channel.BasicQosAsync(0, 1, global: false);
            return null;
        }
        catch (Exception failure) when (failure is OperationInterruptedException or AlreadyClosedException)
        {
            return channel.CloseReason?.ReplyText ?? failure.Message;
        }
    }

    /// <summary>As the other, on a channel of its own.</summary>
    public static async Task<string?> TextAsync(IConnection connection, Func<IChannel, Task> operation)
    {
        await using var channel = await connection.CreateChannelAsync();
        return await TextAsync(channel, operation);
    }

    /// <summary>Why a connection ends.</summary>
    public static Task<string> EndOfAsync(IConnection connection)
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, end) =>
        {
            ended.TrySetResult($"{end.ReplyCode} {end.ReplyText}");
            return Task.CompletedTask;
        };
        return ended.Task.WaitAsync(AdministeredBroker.Limit);
    }
}
