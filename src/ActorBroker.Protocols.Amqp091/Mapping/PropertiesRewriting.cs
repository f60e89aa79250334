using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// Changes headers and the expiration of a property list and copies everything else as it is, bytes that are no valid
/// text included.
/// </summary>
internal static class PropertiesRewriting
{
    /// <summary>The changed list.</summary>
    /// <remarks>
    /// Headers that would get beyond the limits of a table (<see cref="FieldTableReader"/>) by the change are left
    /// without those that were to be set: what was accepted once must stay readable.
    /// </remarks>
    public static byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var view = new BasicPropertiesView(properties);
        var headers = HeadersOf(view, change);
        var sizeMax = properties.Length + headers.Length + sizeof(uint);
        var list = GC.AllocateUninitializedArray<byte>(sizeMax);
        var writer = new WireWriter(list);
        writer.WriteUInt16(0);
        var flags = 0;
        for (var property = BasicProperty.ContentType; property <= BasicProperty.ClusterId; property++)
        {
            if (property == BasicProperty.Headers)
            {
                if (headers.IsEmpty)
                    continue;
                writer.WriteLongString(headers);
            }
            else if (!view.Has(property) || (property == BasicProperty.Expiration && change.DropExpiration))
            {
                continue;
            }
            else
            {
                writer.WriteBytes(view.EncodedOf(property));
            }

            flags |= 0x8000 >> (int)property;
        }

        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)flags);
        return list.AsSpan(0, writer.Position).ToArray();
    }

    // The entries of the new table; empty for no headers.
    private static ReadOnlySpan<byte> HeadersOf(BasicPropertiesView view, PropertiesChange change)
    {
        view.TryGetHeaders(out var before);
        var after = GC.AllocateUninitializedArray<byte>(before.Length + FieldTableWriter.GetSize(change.SetHeaders));
        var kept = CopyKept(before, change, after);
        if (change.SetHeaders.Count == 0)
            return after.AsSpan(0, kept);
        var set = new byte[FieldTableWriter.GetSize(change.SetHeaders)];
        FieldTableWriter.Write(set, change.SetHeaders);
        var added = set.AsSpan(sizeof(uint));
        added.CopyTo(after.AsSpan(kept));
        var whole = after.AsSpan(0, kept + added.Length);
        return IsReadable(whole) ? whole : after.AsSpan(0, CopyAll(before, after));
    }

    private static int CopyAll(ReadOnlySpan<byte> before, Span<byte> after)
    {
        before.CopyTo(after);
        return before.Length;
    }

    private static int CopyKept(ReadOnlySpan<byte> before, PropertiesChange change, Span<byte> after)
    {
        var length = 0;
        var enumerator = FieldTableReader.Enumerate(before);
        while (enumerator.MoveNext())
        {
            var name = Encoding.UTF8.GetString(enumerator.CurrentKey);
            if (change.SetHeaders.ContainsKey(name) || change.RemoveHeaders.Contains(name))
                continue;
            enumerator.CurrentEntry.CopyTo(after[length..]);
            length += enumerator.CurrentEntry.Length;
        }

        return length;
    }

    private static bool IsReadable(ReadOnlySpan<byte> entries)
    {
        try
        {
            FieldTableReader.Validate(entries);
            return true;
        }
        catch (Amqp091WireException)
        {
            return false;
        }
    }
}
