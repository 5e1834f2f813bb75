using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Gre.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Gre.V1;

namespace RouterOS.Gre.Nodes;

/// <summary>Table "gre-tunnel": tunnels by addresses and key, and by interface. One worker's.</summary>
internal sealed unsafe class TunnelTable : IRowSink, ISnapshotSource
{
    private const string Name = "gre-tunnel";
    private const byte DefaultTtl = 64;

    // ESP around a packet of transport mode: header, vector, padding and trailer, check value, at most, and UDP where a NAT is between.
    private const int ProtectionBytes = 8 + 16 + 17 + 16 + 8;

    private readonly ForwardingTables _tables;
    private readonly WorkerServices _worker;
    private readonly RuntimeArena _arena;
    private readonly PathMtus _paths;
    private readonly GrowingMap _byKey = new();
    private readonly Dictionary<string, (nint Record, TunnelRow Row)> _rows = new(StringComparer.Ordinal);
    private nint[] _byInterface = new nint[64];

    public TunnelTable(ForwardingTables tables, WorkerServices worker, RuntimeArena arena, PathMtus paths)
    {
        (_tables, _worker, _arena, _paths) = (tables, worker, arena, paths);
        tables.ProtectionNamesChanged += Protect;
    }

    /// <summary>Frees the records.</summary>
    ~TunnelTable()
    {
        foreach ((nint record, _) in _rows.Values)
        {
            NativeMemory.AlignedFree((void*)record);
        }
    }

    /// <summary>Changes with every tunnel that comes, goes or changes.</summary>
    public uint Changes { get; private set; }

    /// <summary>Counters add up over the workers.</summary>
    public ulong SummedFields => 0x7fe;

    /// <summary>The tunnel that an interface is, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TunnelRecord* Of(uint interfaceIndex)
    {
        nint[] all = _byInterface;
        return interfaceIndex < (uint)all.Length ? (TunnelRecord*)all[interfaceIndex] : null;
    }

    /// <summary>The tunnel of a packet from <paramref name="remote"/> to <paramref name="local"/>, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TunnelRecord* Find(uint instance, uint local, uint remote, TunnelFlags kind, uint key)
    {
        TunnelRecord* at = (TunnelRecord*)_byKey.Find(Hash(local, remote, kind, key));
        while (at != null && !Is(at, instance, local, remote, kind, key))
        {
            at = at->Next;
        }

        return at;
    }

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        TunnelRow parsed;
        try
        {
            parsed = TunnelRow.Parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException failure)
        {
            return $"Not a row of this table: {failure.Message}";
        }

        if (parsed.Interface is 0 or > ForwardingTables.MaximumIndex || key != parsed.Interface.ToString(CultureInfo.InvariantCulture))
        {
            return $"The tunnel row '{key}' has interface {parsed.Interface}; the key must be its index, from 1 to {ForwardingTables.MaximumIndex}.";
        }

        if (parsed.LocalAddress == 0 || parsed.RemoteAddress == 0 || parsed.LocalAddress == parsed.RemoteAddress || parsed.Ttl > byte.MaxValue)
        {
            return $"The tunnel row '{key}' lacks an outer address, has one twice, or a TTL over {byte.MaxValue}.";
        }

        if (parsed.Encapsulation == Encapsulation.Ip && (parsed.Checksum || parsed.HasKey || parsed.Sequence))
        {
            return $"The tunnel row '{key}' asks of IP in IP what only GRE has.";
        }

        TunnelRecord* other = Find(parsed.Instance, parsed.LocalAddress, parsed.RemoteAddress, KindOf(parsed), parsed.Key);
        if (other != null && other->Interface != parsed.Interface)
        {
            return $"The tunnel row '{key}' has the addresses and the key of interface {other->Interface}.";
        }

        if (Fill(key, parsed))
        {
            return null;
        }

        Remove(key);
        return "The arena of run-time rows is full.";
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (_rows.Remove(key, out (nint Record, TunnelRow Row) found))
        {
            Changes++;
            TunnelRecord* record = (TunnelRecord*)found.Record;
            Unlink(record);
            Unnumber(record);
            _byInterface[record->Interface] = 0;
            _tables.BindProtection(record->Interface, 0);
            _paths.Forget(record->Interface);
            NativeMemory.AlignedFree(record);
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        if (key.Length == 0)
        {
            foreach ((string each, (nint record, _)) in _rows)
            {
                write(each, Counters((TunnelRecord*)record));
            }
        }
        else if (_rows.TryGetValue(key, out (nint Record, TunnelRow Row) found))
        {
            write(key, Counters((TunnelRecord*)found.Record));
        }
    }

    /// <summary>Works out anew what the paths take: links may have changed, reports may have come or grown old.</summary>
    public void RefreshPaths()
    {
        foreach ((nint record, _) in _rows.Values)
        {
            RefreshPath((TunnelRecord*)record);
        }
    }

    /// <summary>A router on the way to the tunnel's end takes packets of <paramref name="mtu"/> bytes at most.</summary>
    public void Learn(TunnelRecord* tunnel, int mtu)
    {
        _paths.Learn(tunnel->Interface, mtu, _worker.NowNanoseconds);
        RefreshPath(tunnel);
    }

    private static ulong Hash(uint local, uint remote, TunnelFlags kind, uint key) =>
        (((ulong)local << 32) | remote) ^ ((((ulong)key << 8) | (byte)kind) * 0x9E37_79B9_7F4A_7C15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Is(TunnelRecord* record, uint instance, uint local, uint remote, TunnelFlags kind, uint key) =>
        record->RemoteAddress == remote && record->LocalAddress == local && record->Key == key && record->Instance == instance
        && (record->Flags & (TunnelFlags.Key | TunnelFlags.IpInIp)) == kind;

    private static TunnelFlags KindOf(TunnelRow row) =>
        row.Encapsulation == Encapsulation.Ip ? TunnelFlags.IpInIp : row.HasKey ? TunnelFlags.Key : TunnelFlags.None;

    private static ulong HashOf(TunnelRecord* record) => Hash(
        record->LocalAddress, record->RemoteAddress, record->Flags & (TunnelFlags.Key | TunnelFlags.IpInIp), record->Key);

    private bool Fill(string key, TunnelRow row)
    {
        Changes++;
        TunnelRecord* record = (TunnelRecord*)_rows.GetValueOrDefault(key).Record;
        bool isNew = record == null;
        if (isNew)
        {
            // Safe: freed when the row goes; no packet keeps it from one batch to the next.
            record = (TunnelRecord*)NativeMemory.AlignedAlloc(TunnelRecord.Bytes, 64);
            *record = default;
        }
        else
        {
            Unlink(record);
        }

        if (record->LocalAddress != row.LocalAddress || record->RemoteAddress != row.RemoteAddress)
        {
            _paths.Forget(row.Interface);
        }

        _rows[key] = ((nint)record, row);
        record->LocalAddress = row.LocalAddress;
        record->RemoteAddress = row.RemoteAddress;
        record->Key = row.HasKey ? row.Key : 0;
        record->Interface = row.Interface;
        record->Instance = row.Instance;
        record->Flags = KindOf(row)
            | (row.Checksum ? TunnelFlags.Checksum : 0) | (row.Sequence ? TunnelFlags.Sequence : 0)
            | (row.Secured ? TunnelFlags.Secured : 0) | (row.Blocked ? TunnelFlags.Blocked : 0)
            | (row.AllowFragmentation ? TunnelFlags.AllowFragmentation : 0);
        (record->EntryInstance, record->EntryFlags) = (record->Instance, record->Flags);
        record->CopiedBits = TunnelRecord.TosBits | (row.AllowFragmentation ? 0 : TunnelRecord.DontFragment);
        record->Protection = row.Secured ? _tables.FindProtection(row.Protection) : 0;
        WriteHeader(record, row.Ttl == 0 ? DefaultTtl : (byte)row.Ttl);
        Link(record);
        Number(record);
        if (row.Interface >= (uint)_byInterface.Length)
        {
            Array.Resize(ref _byInterface, (int)Math.Max(row.Interface + 1, (uint)_byInterface.Length * 2));
        }

        _byInterface[row.Interface] = (nint)record;
        // Answers to what came by this interface under the protection leave by it.
        _tables.BindProtection(row.Interface, record->Protection);
        RefreshPath(record);
        return (record->Flags & TunnelFlags.Sequence) == 0 || record->Sequence != null || _worker.OwnerOf(record->Interface) != _worker.Number;
    }

    private void Link(TunnelRecord* record)
    {
        ulong hash = HashOf(record);
        record->Next = (TunnelRecord*)_byKey.Find(hash);
        _byKey.Set(hash, (nint)record);
    }

    private void Unlink(TunnelRecord* record)
    {
        ulong hash = HashOf(record);
        TunnelRecord* first = (TunnelRecord*)_byKey.Find(hash);
        if (first == record && record->Next == null)
        {
            _ = _byKey.Remove(hash);
        }
        else if (first == record)
        {
            _byKey.Set(hash, (nint)record->Next);
        }

        for (TunnelRecord* at = first; at != null; at = at->Next)
        {
            if (at->Next == record)
            {
                at->Next = record->Next;
            }
        }

        record->Next = null;
    }

    // One worker counts; the others hand its packets over.
    private void Number(TunnelRecord* record)
    {
        if ((record->Flags & TunnelFlags.Sequence) == 0)
        {
            Unnumber(record);
            return;
        }

        if (_worker.OwnerOf(record->Interface) != _worker.Number)
        {
            return;
        }

        if (record->Sequence == null)
        {
            record->Sequence = (SequenceRow*)_arena.Attach(Name, record->Interface, SequenceRow.Version, out _);
        }

        // Another tunnel on the same interface: its peer counts from the beginning.
        if (record->Sequence != null && record->Sequence->Tunnel != HashOf(record))
        {
            *record->Sequence = new SequenceRow { Tunnel = HashOf(record) };
        }
    }

    private void Unnumber(TunnelRecord* record)
    {
        if (record->Sequence != null)
        {
            _arena.Release(Name, record->Interface);
            record->Sequence = null;
        }
    }

    private static void WriteHeader(TunnelRecord* record, byte ttl)
    {
        Span<byte> header = stackalloc byte[TunnelRecord.LargestHeader];
        header.Clear();
        bool isIp = (record->Flags & TunnelFlags.IpInIp) != 0;
        Ipv4Header.Write(
            header, 0, isIp ? IpProtocol.Ipv4 : IpProtocol.Gre, record->LocalAddress, record->RemoteAddress, ttl, 0, false, 0);
        header[10] = header[11] = 0;
        record->HeaderSum = BinaryPrimitives.ReverseEndianness(
            (ushort)InternetChecksum.Sum(header[TunnelRecord.HeaderStart..Ipv4Header.MinimumLength]));
        ushort flags = (ushort)(((record->Flags & TunnelFlags.Checksum) != 0 ? GreHeader.ChecksumFlag : 0)
            | ((record->Flags & TunnelFlags.Key) != 0 ? GreHeader.KeyFlag : 0)
            | ((record->Flags & TunnelFlags.Sequence) != 0 ? GreHeader.SequenceFlag : 0));
        record->HeaderBytes = (byte)(Ipv4Header.MinimumLength + (isIp
            ? 0 : GreHeader.Write(header[Ipv4Header.MinimumLength..], flags, GreProtocol.Ipv4, record->Key)));
        // Safe: the record has room for what is behind the first bytes of the largest header.
        header[TunnelRecord.HeaderStart..].CopyTo(new Span<byte>(record->Header, TunnelRecord.LargestHeader - TunnelRecord.HeaderStart));
    }

    // A name has come, gone or changed its meaning.
    private void Protect()
    {
        foreach ((nint each, TunnelRow row) in _rows.Values)
        {
            TunnelRecord* record = (TunnelRecord*)each;
            if ((record->Flags & TunnelFlags.Secured) != 0)
            {
                record->Protection = _tables.FindProtection(row.Protection);
                _tables.BindProtection(record->Interface, record->Protection);
            }
        }
    }

    private void RefreshPath(TunnelRecord* record)
    {
        int link = _tables.PathMtu(record->Instance, record->RemoteAddress);
        bool isSecured = (record->Flags & TunnelFlags.Secured) != 0;
        int learned = isSecured ? 0 : _paths.Read(record->Interface, _worker.NowNanoseconds);
        int mtu = learned != 0 && (link == 0 || learned < link) ? learned : link;
        record->Largest = mtu == 0 || (record->Flags & TunnelFlags.AllowFragmentation) != 0 ? int.MaxValue
            : mtu - record->HeaderBytes - (isSecured ? ProtectionBytes : 0);
    }

    private byte[] Counters(TunnelRecord* record) => new TunnelCounters
    {
        ReceivedPackets = record->ReceivedPackets,
        ReceivedOctets = record->ReceivedOctets,
        ReceivedDiscards = record->ReceivedDiscards,
        ReceivedErrors = record->ReceivedErrors,
        SentPackets = record->SentPackets,
        SentOctets = record->SentOctets,
        SentDiscards = record->SentDiscards,
        SentErrors = record->SentErrors,
        KeepalivesReturned = record->KeepalivesReturned,
        KeepalivesAnswered = record->KeepalivesAnswered,
        PathMtu = (uint)_paths.Read(record->Interface, _worker.NowNanoseconds),
        Largest = record->Largest == int.MaxValue ? 0 : (uint)record->Largest,
    }.ToByteArray();
}
