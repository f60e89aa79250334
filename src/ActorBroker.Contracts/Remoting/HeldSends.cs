using Akka.Actor;
using Akka.Remote;

namespace ActorBroker.Contracts.Remoting;

/// <summary>What is told actors of a node while that is held, in its order. Any thread.</summary>
/// <param name="transport">Sends it afterwards.</param>
internal sealed class HeldSends(RemoteTransport transport)
{
    // More than windows let a few thousand connections send in the moment for which it takes.
    private const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<(object Message, IActorRef Sender, RemoteActorRef Recipient)> _sends = new();
    private bool _isReleased;

    /// <summary>Keeps a message until <see cref="Release"/>; where there are too many, it is lost as with a broken connection.</summary>
    /// <returns>False when that has been, and the message is to be sent directly.</returns>
    public bool TryKeep(object message, IActorRef sender, RemoteActorRef recipient)
    {
        lock (_lock)
        {
            if (_isReleased)
            {
                return false;
            }

            if (_sends.Count < Most)
            {
                _sends.Enqueue((message, sender, recipient));
            }
            else
            {
                transport.System.DeadLetters.Tell(message, sender);
            }

            return true;
        }
    }

    /// <summary>Sends what was kept, and keeps nothing from then on.</summary>
    public void Release()
    {
        lock (_lock)
        {
            while (_sends.TryDequeue(out var send))
            {
                transport.Send(send.Message, send.Sender, send.Recipient);
            }

            _isReleased = true;
        }
    }
}
