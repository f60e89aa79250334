namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// The numbers of a client's system messages, which Akka.Remote delivers in order: what is not in order yet it keeps, and lists
/// every number that is missing before it, however many that are. So none may be far ahead.
/// </summary>
internal sealed class SystemSequence
{
    /// <summary>How far a message may be ahead of the last one before which none is missing.</summary>
    public const int AheadMax = 1_000;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _early = [];
    private ulong _next;

    /// <summary>Whether Akka.Remote may have the message with that number, which it then has.</summary>
    public bool Admits(ulong number)
    {
        lock (_lock)
        {
            if (number < _next)
            {
                return true;
            }

            if (number - _next > AheadMax)
            {
                return false;
            }

            _early.Add(number);
            while (_early.Remove(_next))
            {
                _next++;
            }

            return true;
        }
    }
}
