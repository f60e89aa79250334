namespace ActorBroker.Core.Sessions;

/// <summary>
/// Bytes that a queue may send ahead to a consumer. Each of a connection's first consumers has a whole window, later ones
/// have less, so that what is under way to a connection grows with the logarithm of its consumers' number and not with the
/// number: 1,000 of them have 46 windows together.
/// </summary>
public static class DeliveryWindow
{
    private const int WholeWindows = 8;
    private const int BytesMin = 4096;

    /// <summary>The window of a connection's next consumer, in bytes.</summary>
    /// <param name="bytes">A whole window.</param>
    /// <param name="consumers">How many consumers the connection has, this one included.</param>
    public static int Of(int bytes, int consumers) =>
        consumers <= WholeWindows ? bytes : Math.Min(bytes, Math.Max(BytesMin, (int)((long)bytes * WholeWindows / consumers)));
}
