using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

/// <summary>
/// A payload of every method, written by hand from the specification's field lists (class and method id, then the arguments),
/// and how to read it and write it again.
/// </summary>
internal static class MethodVectors
{
    public delegate byte[] Rewrite(ReadOnlySpan<byte> payload);

    private const string Table = "00000007 01'a' 'I' 0000002A";

    public static IReadOnlyDictionary<uint, (byte[] Payload, Rewrite Rewrite)> All { get; } = Create();

    private static Dictionary<uint, (byte[] Payload, Rewrite Rewrite)> Create()
    {
        var all = new Dictionary<uint, (byte[], Rewrite)>();

        Add<ConnectionStart>($"000A000A 00 09 {Table} 0000000E'PLAIN AMQPLAIN' 00000005'en_US'");
        Add<ConnectionStartOk>($"000A000B {Table} 05'PLAIN' 0000000C 00'guest' 00'guest' 05'en_US'");
        Add<ConnectionSecure>("000A0014 00000003'who'");
        Add<ConnectionSecureOk>("000A0015 00000002'me'");
        Add<ConnectionTune>("000A001E 07FF 00020000 003C");
        Add<ConnectionTuneOk>("000A001F 07FF 00001000 0000");
        Add<ConnectionOpen>("000A0028 01'/' 00 00");
        Add<ConnectionOpenOk>("000A0029 00");
        Add<ConnectionClose>("000A0032 0140 04'bye!' 003C 0028");
        Add<ConnectionCloseOk>("000A0033");
        Add<ConnectionBlocked>("000A003C 09'low on me'");
        Add<ConnectionUnblocked>("000A003D");
        Add<ConnectionUpdateSecret>("000A0046 00000005'token' 06'expiry'");
        Add<ConnectionUpdateSecretOk>("000A0047");

        Add<ChannelOpen>("0014000A 00");
        Add<ChannelOpenOk>("0014000B 00000000");
        Add<ChannelFlow>("00140014 01");
        Add<ChannelFlowOk>("00140015 00");
        Add<ChannelClose>("00140028 0194 09'NOT_FOUND' 0032 000A");
        Add<ChannelCloseOk>("00140029");

        Add<ExchangeDeclare>($"0028000A 0000 02'ex' 05'topic' 0A {Table}");
        Add<ExchangeDeclareOk>("0028000B");
        Add<ExchangeDelete>("00280014 0000 02'ex' 01");
        Add<ExchangeDeleteOk>("00280015");
        Add<ExchangeBind>($"0028001E 0000 02'to' 04'from' 03'a.b' 00 {Table}");
        Add<ExchangeBindOk>("0028001F");
        Add<ExchangeUnbind>($"00280028 0000 02'to' 04'from' 03'a.b' 01 {Table}");
        Add<ExchangeUnbindOk>("00280033");

        Add<QueueDeclare>($"0032000A 0000 01'q' 12 {Table}");
        Add<QueueDeclareOk>("0032000B 01'q' 00000003 00000001");
        Add<QueueBind>($"00320014 0000 01'q' 02'ex' 01'#' 01 {Table}");
        Add<QueueBindOk>("00320015");
        Add<QueuePurge>("0032001E 0000 01'q' 00");
        Add<QueuePurgeOk>("0032001F 00000009");
        Add<QueueDelete>("00320028 0000 01'q' 05");
        Add<QueueDeleteOk>("00320029 00010000");
        Add<QueueUnbind>($"00320032 0000 01'q' 02'ex' 01'#' {Table}");
        Add<QueueUnbindOk>("00320033");

        Add<BasicQos>("003C000A 00000000 0064 01");
        Add<BasicQosOk>("003C000B");
        Add<BasicConsume>($"003C0014 0000 01'q' 04'ctag' 06 {Table}");
        Add<BasicConsumeOk>("003C0015 04'ctag'");
        Add<BasicCancel>("003C001E 04'ctag' 01");
        Add<BasicCancelOk>("003C001F 04'ctag'");
        Add<BasicPublish>("003C0028 0000 02'ex' 03'a.b' 01");
        Add<BasicReturn>("003C0032 0138 08'NO_ROUTE' 02'ex' 03'a.b'");
        Add<BasicDeliver>("003C003C 04'ctag' 0000000000000102 01 02'ex' 03'a.b'");
        Add<BasicGet>("003C0046 0000 01'q' 01");
        Add<BasicGetOk>("003C0047 0000000000000007 00 02'ex' 03'a.b' 00000005");
        Add<BasicGetEmpty>("003C0048 00");
        Add<BasicAck>("003C0050 0102030405060708 01");
        Add<BasicReject>("003C005A 0000000000000001 01");
        Add<BasicRecoverAsync>("003C0064 01");
        Add<BasicRecover>("003C006E 00");
        Add<BasicRecoverOk>("003C006F");
        Add<BasicNack>("003C0078 0000000000000009 02");

        Add<ConfirmSelect>("0055000A 01");
        Add<ConfirmSelectOk>("0055000B");

        Add<TxSelect>("005A000A");
        Add<TxSelectOk>("005A000B");
        Add<TxCommit>("005A0014");
        Add<TxCommitOk>("005A0015");
        Add<TxRollback>("005A001E");
        Add<TxRollbackOk>("005A001F");
        return all;

        void Add<TMethod>(string notation)
            where TMethod : IMethod<TMethod>, allows ref struct =>
            all.Add(TMethod.Id, (Octets.Of(notation), payload => Octets.PayloadOf(TMethod.Read(payload))));
    }
}
