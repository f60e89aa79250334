using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>An identity that a queue remembers.</summary>
/// <param name="Identity">A hash of the message's identity.</param>
/// <param name="Position">The message that has it.</param>
/// <param name="At">When it was remembered, Unix time in milliseconds.</param>
public readonly record struct RememberedIdentity(UInt128 Identity, long Position, long At);

/// <summary>
/// The identities of messages that came before. With a size or an age they are remembered up to that, whatever becomes
/// of the messages; with neither, as long as the messages are in the queue. Kept are hashes of 128 bits: messages that
/// are not equal are told apart for all practical purposes, at 16 bytes each however long the identities are.
/// </summary>
internal sealed class DeduplicationCache(Deduplication settings)
{
    private readonly LinkedList<(RememberedIdentity Remembered, bool Lasts)> _byAge = new();
    private readonly Dictionary<UInt128, LinkedListNode<(RememberedIdentity Remembered, bool Lasts)>> _byIdentity = [];
    private readonly Dictionary<long, UInt128> _byPosition = [];

    /// <summary>The header with a message's identity.</summary>
    public string Header => settings.Header;

    /// <summary>How many identities are remembered.</summary>
    public int Count => _byIdentity.Count;

    /// <summary>The identities that outlive a restart, the oldest first.</summary>
    public IEnumerable<RememberedIdentity> Lasting => _byAge.Where(static known => known.Lasts).Select(static known => known.Remembered);

    /// <summary>An identity goes with its message.</summary>
    public bool IsTiedToMessages => settings is { CacheSize: null, CacheTtl: null };

    /// <summary>The hash of a header's value. Values of different kinds differ, but for integers of different sizes.</summary>
    public static UInt128 IdentityOf(ArgumentValue value)
    {
        var plain = value.TryGetInt64(out var number) ? ArgumentValue.FromInt64(number) : value;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ArgumentTableCodec.Encode(ArgumentTable.Of(("identity", plain))), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>True when a message with that identity came before and is remembered.</summary>
    public bool Contains(UInt128 identity, long now)
    {
        ForgetOld(now);
        return _byIdentity.ContainsKey(identity);
    }

    /// <summary>
    /// Remembers a message's identity, instead of an earlier one's; the oldest is forgotten where there are too many.
    /// </summary>
    /// <param name="remembered">The identity, and the message that has it.</param>
    /// <param name="lasts">It outlives a restart.</param>
    public void Remember(RememberedIdentity remembered, bool lasts = true)
    {
        if (_byIdentity.TryGetValue(remembered.Identity, out var earlier))
        {
            _byAge.Remove(earlier);
            _byPosition.Remove(earlier.Value.Remembered.Position);
        }

        _byIdentity[remembered.Identity] = _byAge.AddLast((remembered, lasts));
        if (IsTiedToMessages)
        {
            _byPosition[remembered.Position] = remembered.Identity;
        }

        while (settings.CacheSize is { } size && _byIdentity.Count > size)
        {
            ForgetOldest();
        }
    }

    /// <summary>The identity that is tied to a message is remembered.</summary>
    public bool Holds(long position) => _byPosition.ContainsKey(position);

    /// <summary>A message is gone.</summary>
    public void Gone(long position)
    {
        if (_byPosition.Remove(position, out var identity) && _byIdentity.Remove(identity, out var node))
        {
            _byAge.Remove(node);
        }
    }

    /// <summary>The same identities under other settings, as far as those keep them.</summary>
    public DeduplicationCache With(Deduplication changed, Func<long, bool> isInQueue)
    {
        var next = new DeduplicationCache(changed);
        foreach (var (remembered, lasts) in _byAge)
        {
            if (!next.IsTiedToMessages || isInQueue(remembered.Position))
            {
                next.Remember(remembered, lasts);
            }
        }

        return next;
    }

    private void ForgetOld(long now)
    {
        while (settings.CacheTtl is { } ttl && _byAge.First is { } oldest && oldest.Value.Remembered.At <= now - ttl)
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        _byIdentity.Remove(_byAge.First!.Value.Remembered.Identity);
        _byAge.RemoveFirst();
    }
}
