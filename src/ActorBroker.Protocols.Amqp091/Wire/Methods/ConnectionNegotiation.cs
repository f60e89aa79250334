using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// connection.start (AMQP 0-9-1 §1.5.2.1), server to client: versions, capabilities and the SASL mechanisms and locales on
/// offer, each list separated by spaces.
/// </summary>
public readonly record struct ConnectionStart(
    byte VersionMajor, byte VersionMinor, ArgumentTable ServerProperties, string Mechanisms, string Locales)
    : IMethod<ConnectionStart>
{
    public static uint Id => MethodId.ConnectionStart;

    public static ConnectionStart Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var versionMajor = reader.ReadByte();
        var versionMinor = reader.ReadByte();
        var serverProperties = reader.ReadTable();
        var mechanisms = reader.ReadLongString();
        var locales = reader.ReadLongString();
        reader.End();
        return new ConnectionStart(versionMajor, versionMinor, serverProperties, mechanisms, locales);
    }

    public int GetArgumentsSize() => 2 + WireSize.Table(ServerProperties) + WireSize.LongString(Mechanisms) + WireSize.LongString(Locales);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteByte(VersionMajor);
        writer.WriteByte(VersionMinor);
        writer.WriteTable(ServerProperties);
        writer.WriteLongString(Mechanisms);
        writer.WriteLongString(Locales);
    }
}

/// <summary>
/// connection.start-ok (§1.5.2.2), client to server. The response carries the password: it is not copied, and belongs in no
/// log.
/// </summary>
public readonly ref struct ConnectionStartOk(ArgumentTable clientProperties, string mechanism, ReadOnlySpan<byte> response, string locale)
    : IMethod<ConnectionStartOk>
{
    public ArgumentTable ClientProperties { get; } = clientProperties;

    public string Mechanism { get; } = mechanism;

    public ReadOnlySpan<byte> Response { get; } = response;

    public string Locale { get; } = locale;

    public static uint Id => MethodId.ConnectionStartOk;

    public static ConnectionStartOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var clientProperties = reader.ReadTable();
        var mechanism = reader.ReadShortString();
        var response = reader.ReadLongStringBytes();
        var locale = reader.ReadShortString();
        reader.End();
        return new ConnectionStartOk(clientProperties, mechanism, response, locale);
    }

    public int GetArgumentsSize() =>
        WireSize.Table(ClientProperties) + WireSize.ShortString(Mechanism) + WireSize.LongString(Response) + WireSize.ShortString(Locale);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteTable(ClientProperties);
        writer.WriteShortString(Mechanism);
        writer.WriteLongString(Response);
        writer.WriteShortString(Locale);
    }
}

/// <summary>connection.secure (§1.5.2.3), server to client: a SASL challenge.</summary>
public readonly ref struct ConnectionSecure(ReadOnlySpan<byte> challenge) : IMethod<ConnectionSecure>
{
    public ReadOnlySpan<byte> Challenge { get; } = challenge;

    public static uint Id => MethodId.ConnectionSecure;

    public static ConnectionSecure Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var challenge = reader.ReadLongStringBytes();
        reader.End();
        return new ConnectionSecure(challenge);
    }

    public int GetArgumentsSize() => WireSize.LongString(Challenge);

    public void WriteArguments(ref WireWriter writer) => writer.WriteLongString(Challenge);
}

/// <summary>connection.secure-ok (§1.5.2.4), client to server: the answer to a SASL challenge.</summary>
public readonly ref struct ConnectionSecureOk(ReadOnlySpan<byte> response) : IMethod<ConnectionSecureOk>
{
    public ReadOnlySpan<byte> Response { get; } = response;

    public static uint Id => MethodId.ConnectionSecureOk;

    public static ConnectionSecureOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var response = reader.ReadLongStringBytes();
        reader.End();
        return new ConnectionSecureOk(response);
    }

    public int GetArgumentsSize() => WireSize.LongString(Response);

    public void WriteArguments(ref WireWriter writer) => writer.WriteLongString(Response);
}

/// <summary>
/// connection.tune (§1.5.2.5), server to client: the limits proposed, 0 meaning none. Frame-max in bytes, heartbeat in
/// seconds.
/// </summary>
public readonly record struct ConnectionTune(ushort ChannelMax, uint FrameMax, ushort Heartbeat) : IMethod<ConnectionTune>
{
    public static uint Id => MethodId.ConnectionTune;

    public static ConnectionTune Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var channelMax = reader.ReadUInt16();
        var frameMax = reader.ReadUInt32();
        var heartbeat = reader.ReadUInt16();
        reader.End();
        return new ConnectionTune(channelMax, frameMax, heartbeat);
    }

    public int GetArgumentsSize() => 8;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(ChannelMax);
        writer.WriteUInt32(FrameMax);
        writer.WriteUInt16(Heartbeat);
    }
}

/// <summary>connection.tune-ok (§1.5.2.6), client to server: the limits in force. Frame-max in bytes, heartbeat in seconds.</summary>
public readonly record struct ConnectionTuneOk(ushort ChannelMax, uint FrameMax, ushort Heartbeat) : IMethod<ConnectionTuneOk>
{
    public static uint Id => MethodId.ConnectionTuneOk;

    public static ConnectionTuneOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var channelMax = reader.ReadUInt16();
        var frameMax = reader.ReadUInt32();
        var heartbeat = reader.ReadUInt16();
        reader.End();
        return new ConnectionTuneOk(channelMax, frameMax, heartbeat);
    }

    public int GetArgumentsSize() => 8;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(ChannelMax);
        writer.WriteUInt32(FrameMax);
        writer.WriteUInt16(Heartbeat);
    }
}

/// <summary>connection.open (§1.5.2.7), client to server.</summary>
public readonly record struct ConnectionOpen(string VirtualHost) : IMethod<ConnectionOpen>
{
    public static uint Id => MethodId.ConnectionOpen;

    public static ConnectionOpen Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var virtualHost = reader.ReadShortString();
        reader.SkipShortString();
        reader.ReadBits();
        reader.End();
        return new ConnectionOpen(virtualHost);
    }

    public int GetArgumentsSize() => 2 + WireSize.ShortString(VirtualHost);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteShortString(VirtualHost);
        writer.WriteByte(0);
        writer.WriteBits(false);
    }
}

/// <summary>connection.open-ok (§1.5.2.8), server to client.</summary>
public readonly record struct ConnectionOpenOk : IMethod<ConnectionOpenOk>
{
    public static uint Id => MethodId.ConnectionOpenOk;

    public static ConnectionOpenOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipShortString();
        reader.End();
        return default;
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteByte(0);
}
