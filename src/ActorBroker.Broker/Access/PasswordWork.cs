using System.Security.Cryptography;
using System.Text;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;

namespace ActorBroker.Broker.Access;

/// <summary>
/// Hashes and verifies passwords. What is slow by design runs on threads of the pool, few at once, and is not done again
/// for a password that has just been found to be right: a keyed hash remembers it, with a key that never leaves this
/// process. For any thread.
/// </summary>
public sealed class PasswordWork(PasswordHashing hashing, TimeProvider clock) : IPasswordHasher, IDisposable
{
    private const int WaitingMax = 1_000;
    private const int RememberedMax = 10_000;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Dictionary<UInt128, long> _remembered = [];
    private int _waiting;

    /// <summary>What new passwords are hashed by; also the time that an unknown user is to take.</summary>
    public PasswordHashing Hashing => hashing;

    /// <inheritdoc/>
    public Task<HashedPassword> HashAsync(string password, CancellationToken cancellation) =>
        InTurnAsync(
            () => new HashedPassword(
                PasswordHash.Create(hashing, RandomNumberGenerator.GetBytes(PasswordHash.SaltSizeOf(hashing)), password), hashing),
            cancellation);

    /// <summary>Whether the password is known to be right without being hashed again.</summary>
    public bool IsRemembered(User user, string password)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (user.Hashing != PasswordHashing.Pbkdf2Sha512)
        {
            return false;
        }

        lock (_remembered)
        {
            return _remembered.TryGetValue(KeyOf(user, password), out var since) && clock.GetElapsedTime(since) < RememberedFor;
        }
    }

    /// <summary>Does the password belong to the hash of this user? Ends at once when that is quick to find out.</summary>
    /// <exception cref="InvalidOperationException">Too many wait already.</exception>
    public ValueTask<bool> MatchesAsync(User user, string password, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.Hashing == PasswordHashing.Pbkdf2Sha512
            ? new ValueTask<bool>(MatchesSlowlyAsync(user, password, cancellation))
            : new ValueTask<bool>(PasswordHash.Matches(user.Hashing, user.PasswordHash, password));
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<bool> MatchesSlowlyAsync(User user, string password, CancellationToken cancellation)
    {
        var matches = await InTurnAsync(() => PasswordHash.Matches(user.Hashing, user.PasswordHash, password), cancellation).ConfigureAwait(false);
        if (matches)
        {
            lock (_remembered)
            {
                if (_remembered.Count >= RememberedMax)
                {
                    _remembered.Clear();
                }

                _remembered[KeyOf(user, password)] = clock.GetTimestamp();
            }
        }

        return matches;
    }

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            throw new InvalidOperationException("too many passwords are being verified");
        }

        try
        {
            await _turns.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await Task.Run(work, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // The hash is in it, so that what was remembered of an earlier password of the user is never found again.
    private UInt128 KeyOf(User user, string password)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{user.Name}\0{user.PasswordHash}\0{password}"), mac);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(mac);
    }
}
