using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// What the broker takes from the properties of a published message, and the checks of those properties that mean
/// something to it. Most publishers send the same properties again and again: the last ones are kept and compared.
/// </summary>
/// <param name="user">The authenticated user.</param>
/// <param name="isImpersonator">The user may name any other as a message's user-id.</param>
public sealed class PublishedProperties(string user, bool isImpersonator)
{
    private const int KeptLengthMax = 128;

    // DirectReply.Queue
    private static ReadOnlySpan<byte> DirectReplyQueue => "amq.rabbitmq.reply-to"u8;

    private readonly byte[] _user = Encoding.UTF8.GetBytes(user);
    private readonly byte[] _kept = new byte[KeptLengthMax];
    private int _keptLength = -1;

    /// <summary>Of the properties given to <see cref="Check"/> last.</summary>
    public MessageFlags Flags { get; private set; }

    /// <summary>Of the properties given to <see cref="Check"/> last.</summary>
    public byte Priority { get; private set; }

    /// <summary>Further keys to route by, of the properties given to <see cref="Check"/> last; usually empty.</summary>
    public string[] MoreKeys { get; private set; } = [];

    /// <summary>What the message has in place of the properties given to <see cref="Check"/> last; usually null.</summary>
    public byte[]? Replacement { get; private set; }

    /// <summary>
    /// Of the properties given to <see cref="Check"/> last: replies are wanted by the consumer of direct reply-to, whose
    /// name has to take the place of what is written there (<see cref="WithReplyTo"/>).
    /// </summary>
    public bool AskForReplies { get; private set; }

    /// <exception cref="Amqp091WireException">502: the list is malformed.</exception>
    /// <exception cref="Amqp091ErrorException">406: another user's id, a lifetime that is none, or routing headers that are no lists.</exception>
    public void Check(ReadOnlySpan<byte> properties)
    {
        if (properties.Length == _keptLength && properties.SequenceEqual(_kept.AsSpan(0, _keptLength)))
            return;
        _keptLength = -1;
        var view = new BasicPropertiesView(properties);
        view.Validate();
        CheckMeaning(view);
        var hasHeaders = view.TryGetHeaders(out var headers);
        MoreKeys = RoutingHeaders.KeysOf(headers);
        Replacement = RoutingHeaders.Conceal(properties, headers);
        Flags = (view.IsPersistent ? MessageFlags.Persistent : MessageFlags.None)
            | (view.Has(BasicProperty.Expiration) ? MessageFlags.Expires : MessageFlags.None)
            | (hasHeaders ? MessageFlags.HasHeaders : MessageFlags.None)
            | (view.TryGetPriority(out var priority) ? MessageFlags.HasPriority : MessageFlags.None);
        Priority = priority;
        AskForReplies = view.TryFind(BasicProperty.ReplyTo, out var replyTo) && replyTo.SequenceEqual(DirectReplyQueue);
        if (properties.Length <= KeptLengthMax)
        {
            properties.CopyTo(_kept);
            _keptLength = properties.Length;
        }
    }

    /// <summary>The headers of properties that <see cref="Check"/> accepted.</summary>
    public static ArgumentTable HeadersOf(ReadOnlySpan<byte> properties) =>
        new BasicPropertiesView(properties).TryGetHeaders(out var entries) ? FieldTableReader.Read(entries) : ArgumentTable.Empty;

    /// <summary>Properties that have a reply-to, with another one, in an array of their own.</summary>
    public static byte[] WithReplyTo(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> replyTo)
    {
        var start = new BasicPropertiesView(properties).EndOfThoseBefore(BasicProperty.ReplyTo);
        return [.. properties[..start], (byte)replyTo.Length, .. replyTo, .. properties[(start + 1 + properties[start])..]];
    }

    private void CheckMeaning(BasicPropertiesView view)
    {
        if (view.TryFind(BasicProperty.UserId, out var userId) && !isImpersonator && !userId.SequenceEqual(_user))
        {
            throw new Amqp091ErrorException(
                ReplyCode.PreconditionFailed,
                $"user_id property set to '{Encoding.UTF8.GetString(userId)}' but authenticated user was '{Encoding.UTF8.GetString(_user)}'");
        }

        if (view.TryFind(BasicProperty.Expiration, out var expiration))
            Expiration.Check(expiration);
    }
}
