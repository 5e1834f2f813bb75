using System.Runtime.InteropServices;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.L2tp.Wire;
using RouterOS.Packets;
using RouterOS.Proto.L2tp.V1;

namespace RouterOS.L2tp.Nodes;

/// <summary>Table "l2tp-session": sessions by protection and numbers, and by interface. One worker's.</summary>
internal sealed unsafe class SessionTable(ForwardingTables tables) : IRowSink, ISnapshotSource
{
    private const byte Ttl = 64;
    private const byte PppAddress = 0xff;
    private const byte PppControl = 0x03;
    private const byte PppIp = 0x21;

    private readonly GrowingMap _byKey = new();
    private readonly GrowingMap _byTunnel = new();
    private readonly GrowingMap _byInterface = new();
    private readonly Dictionary<string, nint> _rows = new(StringComparer.Ordinal);

    /// <summary>Frees the records.</summary>
    ~SessionTable()
    {
        foreach (nint record in _rows.Values)
        {
            Free((SessionRecord*)record);
        }
    }

    /// <summary>Counters add up over the workers.</summary>
    public ulong SummedFields => 0xfe;

    /// <summary>The session of a data message, or null.</summary>
    public SessionRecord* Find(uint protection, ushort tunnel, ushort session) => (SessionRecord*)_byKey.Find(Key(protection, tunnel, session));

    /// <summary>Some session of a tunnel, or null where it has none.</summary>
    public SessionRecord* OfTunnel(uint protection, ushort tunnel) => (SessionRecord*)_byTunnel.Find(TunnelKey(protection, tunnel));

    /// <summary>What is the same for all messages of a tunnel, and for no other's; never 0.</summary>
    public static ulong TunnelKey(uint protection, ushort tunnel) => ((ulong)protection << 16) | tunnel;

    /// <summary>The session that an interface is, or null.</summary>
    public SessionRecord* Of(uint interfaceIndex) => (SessionRecord*)_byInterface.Find(interfaceIndex);

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        SessionRow parsed;
        try
        {
            parsed = SessionRow.Parser.ParseFrom(row);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException failure)
        {
            return $"Not a row of this table: {failure.Message}";
        }

        if (key != $"{parsed.Protection}/{parsed.Tunnel}/{parsed.Session}")
        {
            return $"The session row '{key}' is of {parsed.Protection}/{parsed.Tunnel}/{parsed.Session}.";
        }

        if (parsed.Tunnel is 0 or > ushort.MaxValue || parsed.Session is 0 or > ushort.MaxValue || parsed.RemoteTunnel > ushort.MaxValue
            || parsed.RemoteSession > ushort.MaxValue || parsed.LocalPort > ushort.MaxValue || parsed.RemotePort > ushort.MaxValue
            || parsed.TcpMss > ushort.MaxValue || parsed.PeerNetworks.Any(n => n.PrefixLength > 32)
            || parsed.TcpMss6 > ushort.MaxValue || parsed.PeerNetworks6.Count > ushort.MaxValue
            || parsed.PeerNetworks6.Any(n => n.PrefixLength > 128 || n.Prefix.Length != Ipv6Address.Length))
        {
            return $"The session row '{key}' has numbers out of range.";
        }

        if (parsed.Interface == 0 || (Of(parsed.Interface) is var other && other != null && (nint)other != _rows.GetValueOrDefault(key)))
        {
            return $"The session row '{key}' has interface {parsed.Interface}, which is another's.";
        }

        Fill(key, parsed);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (_rows.Remove(key, out nint found))
        {
            SessionRecord* record = (SessionRecord*)found;
            Forget(key, record);
            Free(record);
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        if (key.Length == 0)
        {
            foreach ((string each, nint record) in _rows)
            {
                write(each, Counters((SessionRecord*)record));
            }
        }
        else if (_rows.TryGetValue(key, out nint record))
        {
            write(key, Counters((SessionRecord*)record));
        }
    }

    private static ulong Key(uint protection, ushort tunnel, ushort session) => ((ulong)protection << 32) | ((uint)tunnel << 16) | session;

    private static ulong KeyOf(string key)
    {
        string[] parts = key.Split('/');
        return Key(uint.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture),
            ushort.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
            ushort.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Counters(SessionRecord* record)
    {
        SessionCounters counters = new()
        {
            ReceivedPackets = record->ReceivedPackets,
            ReceivedOctets = record->ReceivedOctets,
            SentPackets = record->SentPackets,
            SentOctets = record->SentOctets,
            ReceivedDiscarded = record->Discarded,
            Spoofed = record->Spoofed,
            OutOfSequence = record->OutOfSequence,
            RemoteTunnel = record->RemoteTunnel,
            Instance = record->Instance,
            // Safe: the header begins with the outer IPv4 header.
            LocalAddress = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(record->Header + 12, sizeof(uint))),
            RemoteAddress = record->RemoteAddress,
            RemotePort = record->RemotePort,
            NextSend = record->NextSend,
            NextReceive = record->NextReceive,
        };
        byte[] bytes = new byte[counters.CalculateSize()];
        using Google.Protobuf.CodedOutputStream stream = new(bytes);
        counters.WriteTo(stream);
        stream.CheckNoSpaceLeft();
        return bytes;
    }

    private static void Free(SessionRecord* record)
    {
        NativeMemory.Free(record->Networks);
        NativeMemory.AlignedFree(record->Networks6);
        NativeMemory.AlignedFree(record);
    }

    private void Forget(string key, SessionRecord* record)
    {
        ulong number = KeyOf(key);
        _ = _byKey.Remove(number);
        Unlink(number >> 16, record);
        _ = _byInterface.Remove(record->Interface);
        tables.BindProtection(record->Interface, 0);
    }

    private void Link(ulong tunnel, SessionRecord* record)
    {
        record->Previous = null;
        record->Next = (SessionRecord*)_byTunnel.Find(tunnel);
        if (record->Next != null)
        {
            record->Next->Previous = record;
        }

        _byTunnel.Set(tunnel, (nint)record);
    }

    private void Unlink(ulong tunnel, SessionRecord* record)
    {
        if (record->Next != null)
        {
            record->Next->Previous = record->Previous;
        }

        if (record->Previous != null)
        {
            record->Previous->Next = record->Next;
        }
        else if (record->Next != null)
        {
            _byTunnel.Set(tunnel, (nint)record->Next);
        }
        else
        {
            _ = _byTunnel.Remove(tunnel);
        }
    }

    private void Fill(string key, SessionRow row)
    {
        SessionRecord* record = (SessionRecord*)_rows.GetValueOrDefault(key);
        if (record == null)
        {
            // Safe: freed when the row goes; no packet keeps it from one batch to the next.
            record = (SessionRecord*)NativeMemory.AlignedAlloc(SessionRecord.Bytes, 64);
            *record = default;
            record->NextSend = (ushort)row.NextSend;
            record->NextReceive = (ushort)row.NextReceive;
            _rows[key] = (nint)record;
        }
        else
        {
            Forget(key, record);
        }

        record->Protection = row.Protection;
        record->Interface = row.Interface;
        record->Instance = row.Instance;
        record->RemoteAddress = row.RemoteAddress;
        record->RemotePort = (ushort)row.RemotePort;
        record->RemoteTunnel = (ushort)row.RemoteTunnel;
        record->PeerAddress = row.PeerAddress;
        record->TcpMss = (ushort)row.TcpMss;
        record->TcpMss6 = (ushort)row.TcpMss6;
        record->PeerIdentifier = row.PeerIdentifier;
        record->Flags = (row.Sequencing ? SessionFlags.Sequencing : 0) | (row.Checksum ? SessionFlags.Checksum : 0)
            | (row.IgnoreReceiveSequence ? SessionFlags.TakesLate : 0);
        FillNetworks(record, row);
        FillNetworks6(record, row);
        FillHeader(record, row);
        ulong number = KeyOf(key);
        _byKey.Set(number, (nint)record);
        Link(number >> 16, record);
        _byInterface.Set(row.Interface, (nint)record);
        // What the peer sends comes by this interface under the protection, and answers leave by it so.
        tables.BindProtection(row.Interface, row.Protection);
    }

    private static void FillNetworks(SessionRecord* record, SessionRow row)
    {
        NativeMemory.Free(record->Networks);
        record->NetworkCount = (uint)row.PeerNetworks.Count;
        record->Networks = row.PeerNetworks.Count == 0 ? null : (uint*)NativeMemory.Alloc((nuint)row.PeerNetworks.Count, 2 * sizeof(uint));
        for (int i = 0; i < row.PeerNetworks.Count; i++)
        {
            uint mask = Ipv4Address.Mask((int)row.PeerNetworks[i].PrefixLength);
            record->Networks[2 * i] = row.PeerNetworks[i].Prefix & mask;
            record->Networks[(2 * i) + 1] = mask;
        }
    }

    private static void FillNetworks6(SessionRecord* record, SessionRow row)
    {
        NativeMemory.AlignedFree(record->Networks6);
        record->Networks6 = null;
        record->NetworkCount6 = (ushort)row.PeerNetworks6.Count;
        if (record->NetworkCount6 > 0)
        {
            record->Networks6 = (UInt128*)NativeMemory.AlignedAlloc((nuint)record->NetworkCount6 * 2 * Ipv6Address.Length, Ipv6Address.Length);
        }

        for (int i = 0; i < record->NetworkCount6; i++)
        {
            UInt128 mask = Ipv6Address.Mask((int)row.PeerNetworks6[i].PrefixLength);
            record->Networks6[2 * i] = Ipv6Address.Read(row.PeerNetworks6[i].Prefix.Span) & mask;
            record->Networks6[(2 * i) + 1] = mask;
        }
    }

    private static void FillHeader(SessionRecord* record, SessionRow row)
    {
        // Safe: the header is never longer than the room for it.
        Span<byte> header = new(record->Header, SessionRecord.LargestHeader);
        header.Clear();
        Ipv4Header.Write(header, Ipv4Header.MinimumLength, IpProtocol.Udp, row.LocalAddress, row.RemoteAddress, Ttl, 0, false, 0);
        int at = Ipv4Header.MinimumLength;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(header[at..], (ushort)row.LocalPort);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(header[(at + 2)..], (ushort)row.RemotePort);
        at += UdpHeader.Length;
        if (row.Sequencing)
        {
            L2tpHeader.WriteData(header[at..], (ushort)row.RemoteTunnel, (ushort)row.RemoteSession, 0);
            at += L2tpHeader.SequencedDataLength;
        }
        else
        {
            L2tpHeader.WriteData(header[at..], (ushort)row.RemoteTunnel, (ushort)row.RemoteSession);
            at += L2tpHeader.DataLength;
        }

        if (!row.CompressAddress)
        {
            header[at++] = PppAddress;
            header[at++] = PppControl;
        }

        if (!row.CompressProtocol)
        {
            header[at++] = 0;
        }

        header[at++] = PppIp;
        record->HeaderBytes = (byte)at;
    }
}
