using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Table "protection": takes its rows and answers its snapshots.</summary>
internal sealed unsafe class ProtectionRows(EspTables tables) : IRowSink, ISnapshotSource
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        ProtectionRow source;
        try
        {
            source = ProtectionRow.Parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException error)
        {
            return $"Not a ProtectionRow: {error.Message}";
        }

        if (source.Id == 0 || key != $"{source.Id}")
        {
            return $"The key '{key}' is not the id {source.Id}, or the id is 0.";
        }

        bool isVersion6 = source.LocalAddress6.Length == Ipv6Address.Length && source.RemoteAddress6.Length == Ipv6Address.Length;
        if (!isVersion6 && !(source.LocalAddress6.IsEmpty && source.RemoteAddress6.IsEmpty))
        {
            return $"Protection {source.Id} has outer addresses of two families.";
        }

        if (!isVersion6 && (source.LocalAddress == 0 || source.RemoteAddress == 0 || Outer6.IsReserved(source.RemoteAddress)))
        {
            return $"Protection {source.Id} lacks an outer address.";
        }

        if (source.Interface > ForwardingTables.MaximumIndex)
        {
            return $"Interface index {source.Interface} is over {ForwardingTables.MaximumIndex}.";
        }

        if (source.LocalPort > ushort.MaxValue || source.RemotePort > ushort.MaxValue
            || source.LocalPort == 0 != (source.RemotePort == 0))
        {
            return $"Protection {source.Id} has UDP ports {source.LocalPort} and {source.RemotePort}: both are ports, or both 0.";
        }

        if (tables.MakeProtection(source.Id) is not { } protection)
        {
            return "The arena of run-time rows is full.";
        }

        // Packets that wait with an engine leave as they were begun.
        tables.Settle();
        bool isBound = protection.IsConfigured && protection.Interface == source.Interface && protection.Name == source.Name
            && protection.BoundTo == source.Interface;
        if (isBound)
        {
            tables.RemoveChoice(protection);
        }
        else
        {
            tables.Unbind(protection);
        }

        tables.RemovePeers(protection);
        tables.Own.Remove(protection);
        protection.Configure(source);
        tables.AddPeers(protection);
        if (protection.IsOwn)
        {
            tables.Own.Add(protection);
        }

        if (isBound)
        {
            tables.AddChoice(protection);
        }
        else
        {
            tables.Bind(protection);
        }

        tables.Refresh(protection);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && tables.Protections.Find(id) is { } protection)
        {
            tables.Settle();
            tables.RemovePeers(protection);
            tables.Own.Remove(protection);
            tables.Unbind(protection);
            protection.Unconfigure();
            tables.Refresh(protection);
            tables.ForgetIfUnused(protection);
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        if (key.Length == 0)
        {
            ReadSome(0, int.MaxValue, write);
        }
        else if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && tables.Protections.Find(id) is { } protection)
        {
            Write(protection, write);
        }
    }

    /// <inheritdoc/>
    public ulong ReadSome(ulong from, int most, Action<string, byte[]> write)
    {
        ulong next = from;
        for (; most > 0 && next < (ulong)tables.Protections.Count; next++, most--)
        {
            Write(tables.Protections[(int)next], write);
        }

        return next < (ulong)tables.Protections.Count ? next : 0;
    }

    private static void Write(Protection protection, Action<string, byte[]> write)
    {
        if (protection.IsConfigured && protection.Row != null)
        {
            write(protection.Key, StateOf(protection).ToByteArray());
        }
    }

    private static ByteString Bytes(UInt128 address)
    {
        byte[] bytes = new byte[Ipv6Address.Length];
        Ipv6Address.Write(bytes, address);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static ProtectionState StateOf(Protection protection)
    {
        ProtectionRuntimeRecord sum = *protection.Row;
        foreach (SecurityAssociation sa in protection.Sas)
        {
            sum.Add(*sa.Row, sa.IsOutbound, sa.IsAh);
        }

        return new ProtectionState
        {
            Id = protection.Id,
            Name = protection.Name,
            EncryptedPackets = sum.EncryptedPackets,
            EncryptedBytes = sum.EncryptedBytes,
            DecryptedPackets = sum.DecryptedPackets,
            DecryptedBytes = sum.DecryptedBytes,
            Replayed = sum.Replayed,
            AuthenticationFailed = sum.AuthenticationFailed,
            DecryptionFailed = sum.DecryptionFailed,
            BadHeader = sum.BadHeader,
            BadTrailer = sum.BadTrailer,
            NoSa = sum.NoSa,
            AhSentPackets = sum.AhSentPackets,
            AhSentBytes = sum.AhSentBytes,
            AhReceivedPackets = sum.AhReceivedPackets,
            AhReceivedBytes = sum.AhReceivedBytes,
            AhAuthenticationFailed = sum.AhAuthenticationFailed,
            SentInnerBytes = sum.SentInnerBytes,
            ReceivedOuterBytes = sum.ReceivedOuterBytes,
            ReceivedMismatch = sum.ReceivedMismatch,
            SentMismatch = sum.SentMismatch,
            NotSent = sum.NotSent,
            PathMtu = (uint)protection.PathMtu,
            PeerAddress = protection.IsVersion6 ? 0 : protection.PeerAddress,
            PeerAddress6 = protection.PeerAddress6 == 0 ? ByteString.Empty : Bytes(protection.PeerAddress6),
            PeerPort = protection.PeerPort,
        };
    }
}
