using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using EspCipher = RouterOS.Proto.Esp.V1.Cipher;
using EspMac = RouterOS.Proto.Esp.V1.Mac;

namespace RouterOS.Unit.Esp;

/// <summary>One side of a tunnel: the node package in a registry of its own, fed and read packet by packet.</summary>
internal sealed class EspRig : INodeRegistry, IDisposable
{
    public const uint TunnelInterface = 70;
    public const uint LocalAddress = 0xC0000201;
    public const uint RemoteAddress = 0xC6336402;

    private static readonly byte[] s_local6 = System.Net.IPAddress.Parse("2001:db8:f::1").GetAddressBytes();
    private static readonly byte[] s_remote6 = System.Net.IPAddress.Parse("2001:db8:f::2").GetAddressBytes();

    private readonly CryptoEngines _engines;
    private readonly Dictionary<string, GraphNode> _nodes = [];
    private readonly Dictionary<string, IRowSink> _sinks = [];
    private readonly Dictionary<string, ISnapshotSource> _snapshots = [];
    private readonly nint[] _batch = new nint[256];
    private readonly ushort[] _edges = new ushort[256];

    public EspRig(CryptoEngines engines, HeapArena? arena = null)
    {
        _engines = engines;
        HeapArena = arena ?? new HeapArena();
        new EspNodePackage().Register(this);
    }

    public HeapArena HeapArena { get; }

    public FakeWorker FakeWorker { get; } = new();

    public DropCounters Drops { get; private set; } = null!;

    public ForwardingTables Tables { get; } = new();

    public RuntimeArena Arena => HeapArena;

    public WorkerServices Worker => FakeWorker;

    public TimeProvider Time => TimeProvider.System;

    public ICryptoEngine CryptoFor(CryptoSuite suite, CryptoDirection direction) => _engines.For(suite, direction);

    public void AddNode(GraphNode node) => _nodes.Add(node.Name, node);

    public void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null)
    {
    }

    public void AddLocalProtocol(byte protocol, string node) => Assert.Equal(protocol == 51 ? "ah-decrypt" : "esp-decrypt", node);

    public void AddLocalUdpPort(ushort port, string node) => Assert.Equal((4500, "esp-udp"), (port, node));

    public void AddIcmpErrors(byte protocol, string node)
    {
        Assert.True(protocol is 50 or 51 or 17);
        Assert.Equal("esp-icmp", node);
    }

    public void AddLinkType(string linkType, string node, bool takesSuperPackets = false) => Assert.Equal(("esp", "esp-encrypt", true), (linkType, node, takesSuperPackets));

    public void AddProtector(string node) => Assert.Equal("esp-encrypt", node);

    public void AddTable(string table, IRowSink sink) => _sinks.Add(table, sink);

    public ISnapshotSource Source(string table) => _snapshots[table];

    public void AddSnapshot(string table, ISnapshotSource source) => _snapshots.Add(table, source);

    public void AddDropCounters(string group, DropCounters counters) => Drops = counters;

    public string? Set(string table, string key, IMessage row) => _sinks[table].Set(key, row.ToByteArray());

    public string? SetRaw(string table, string key, byte[] row) => _sinks[table].Set(key, row);

    public void Remove(string table, string key) => _sinks[table].Remove(key);

    public T Read<T>(string table, string key)
        where T : class, IMessage<T>, new()
    {
        T? found = null;
        _snapshots[table].Read(key, (_, bytes) => found = new MessageParser<T>(() => new T()).ParseFrom(bytes));
        Assert.NotNull(found);
        return found;
    }

    public List<string> Keys(string table)
    {
        List<string> keys = [];
        _snapshots[table].Read(string.Empty, (key, _) => keys.Add(key));
        return keys;
    }

    public ulong Dropped(string name)
    {
        int reason = Drops.Reasons.Select((r, i) => (r.Name, i)).Single(r => r.Name == name).i;
        return Drops.Read(reason);
    }

    public ulong DroppedInAll()
    {
        ulong sum = 0;
        for (int i = 0; i < Drops.Reasons.Count; i++)
        {
            sum += Drops.Read(i);
        }

        return sum;
    }

    /// <summary>A port with an MTU and a route to the peer by it.</summary>
    public void SetLinkMtu(uint mtu)
    {
        Assert.Null(Tables.InterfaceRows.Set("1", new InterfaceRow
        {
            Index = 1, Name = "lo0.0", LinkType = "loopback", Mtu = mtu, Up = true,
            Addresses = { new InterfacePrefix { Address = LocalAddress, PrefixLength = 24 } },
        }.ToByteArray()));
        foreach (uint peer in (uint[])[LocalAddress, RemoteAddress])
        {
            Assert.Null(Tables.RouteRows.Set($"0/{peer}/32", new RouteRow
            {
                Prefix = peer, PrefixLength = 32, Kind = RouteRow.Types.Kind.Forward, Interface = 1, Gateway = 0xC0000202,
            }.ToByteArray()));
        }

        FakeWorker.Timers.ForEach(t => t());
    }

    public static ProtectionRow Protection(uint id = 3, uint outboundSpi = 0x1000, DfBit df = DfBit.Clear, bool mirrored = false) => new()
    {
        Id = id, Name = "vpn-a", Interface = TunnelInterface, LocalAddress = mirrored ? RemoteAddress : LocalAddress,
        RemoteAddress = mirrored ? LocalAddress : RemoteAddress, OutboundSpi = outboundSpi, DfBit = df,
    };

    public static SaRow Sa(CryptoSuite suite, uint spi = 0x1000, uint protection = 3, uint window = 64, byte fill = 1) => new()
    {
        Spi = spi,
        Protection = protection,
        Cipher = (EspCipher)suite.Cipher,
        CipherKey = ByteString.CopyFrom([.. Enumerable.Range(0, suite.CipherKeyBytes).Select(i => (byte)((i * 3) + fill))]),
        Mac = (EspMac)suite.Mac,
        MacKey = ByteString.CopyFrom([.. Enumerable.Range(0, suite.MacKeyBytes).Select(i => (byte)((i * 7) + fill))]),
        ReplayWindow = window,
    };

    /// <summary>The same over IPv6.</summary>
    public static ProtectionRow Protection6(uint id = 3, uint outboundSpi = 0x1000, DfBit df = DfBit.Clear, bool mirrored = false) => new()
    {
        Id = id, Name = "vpn-a", Interface = TunnelInterface, LocalAddress6 = ByteString.CopyFrom(mirrored ? s_remote6 : s_local6),
        RemoteAddress6 = ByteString.CopyFrom(mirrored ? s_local6 : s_remote6), OutboundSpi = outboundSpi, DfBit = df,
    };

    /// <summary>Both rows of a sender.</summary>
    public EspRig AsSender(CryptoSuite suite, DfBit df = DfBit.Clear)
    {
        Assert.Null(Set("sa-out", "3/4096", Sa(suite)));
        Assert.Null(Set("protection", "3", Protection(df: df)));
        return this;
    }

    /// <summary>Both rows of a receiver.</summary>
    public EspRig AsReceiver(CryptoSuite suite, uint window = 64)
    {
        Assert.Null(Set("protection", "3", Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(Set("sa-in", "4096", Sa(suite, window: window)));
        return this;
    }

    /// <summary>Sends one inner packet; the outer packets that came of it, none when it was dropped.</summary>
    public List<byte[]> Encrypt(byte[] inner) => Take("esp-encrypt", Rent(inner), "ip4-local-out");

    /// <summary>Receives one outer packet; the inner packet, or null when it was dropped.</summary>
    public byte[]? Decrypt(byte[] outer) => Take("esp-decrypt", Rent(outer), "ip4-input").SingleOrDefault();

    /// <summary>Receives one AH packet; the inner packet, or null when it was dropped.</summary>
    public byte[]? DecryptAh(byte[] outer) => Take("ah-decrypt", Rent(outer), "ip4-input").SingleOrDefault();

    /// <summary>Receives one datagram to port 4500; the inner packet, or null when there was none.</summary>
    public byte[]? DecryptUdp(byte[] outer) => Take("esp-udp", Rent(outer), "ip4-input").SingleOrDefault();

    /// <summary>Receives an ICMP error; true when a node took it as its own.</summary>
    public bool Icmp(byte[] packet)
    {
        (nint handle, ushort edge) = RunOne("esp-icmp", Rent(packet));
        Free(handle);
        return edge == GraphEdge.Drop;
    }

    public nint Rent(byte[] packet)
    {
        nint handle = FakeWorker.Pools.Rent(packet.Length);
        ref PacketBuffer buffer = ref PacketBuffer.At(handle);
        buffer.Length = packet.Length;
        packet.CopyTo(buffer.Data);
        buffer.EgressInterface = TunnelInterface;
        return handle;
    }

    public nint RentSuper(byte[] packet, int segmentBytes)
    {
        nint handle = Rent(packet);
        ref PacketBuffer buffer = ref PacketBuffer.At(handle);
        bool isTcp = packet[9] == (byte)IpProtocol.Tcp;
        int headers = ((packet[0] & 15) * 4) + (isTcp ? (packet[((packet[0] & 15) * 4) + 12] >> 4) * 4 : 8);
        buffer.SegmentBytes = (ushort)segmentBytes;
        buffer.SegmentHeaderBytes = (ushort)headers;
        buffer.SegmentCount = (ushort)((packet.Length - headers + segmentBytes - 1) / segmentBytes);
        return handle;
    }

    /// <summary>Sends one super-packet; the outer packets that came of it.</summary>
    public List<byte[]> EncryptSuper(byte[] packet, int segmentBytes) =>
        Take("esp-encrypt", RentSuper(packet, segmentBytes), "ip4-local-out");

    public void FreeEnqueued()
    {
        FakeWorker.Enqueued.ForEach(e => Free(e.Packet));
        FakeWorker.Enqueued.Clear();
    }

    /// <summary>Runs one packet through one node, keeping it: what the node made of it can be looked at before <see cref="Free"/>.</summary>
    public (nint Packet, ushort Edge) RunOne(string node, nint packet)
    {
        _batch[0] = packet;
        Run(node, 1);
        return (packet, _edges[0]);
    }

    /// <summary>Runs the packets given to <see cref="Batch"/> through one node.</summary>
    public void Run(string node, int count) => _nodes[node].Process(_batch.AsSpan(0, count), _edges.AsSpan(0, count));

    public Span<nint> Batch => _batch;

    public ReadOnlySpan<ushort> Edges => _edges;

    public void Free(nint packet) => FakeWorker.Free(packet);

    public void Dispose()
    {
        foreach (string table in (string[])["sa-in", "sa-out", "protection"])
        {
            Keys(table).ForEach(k => Remove(table, k));
        }

        FakeWorker.Dispose();
    }

    /// <summary>Runs one packet through nodes up to another one; what comes there, none when it was dropped.</summary>
    public List<byte[]> Take(string node, nint packet, string target)
    {
        FakeWorker.Enqueued.Clear();
        ushort edge = RunOne(node, packet).Edge;
        while (edge < GraphEdge.IcmpError && _nodes[node].Edges[edge] != target)
        {
            node = _nodes[node].Edges[edge];
            edge = RunOne(node, packet).Edge;
        }

        List<byte[]> result = [];
        if (edge < GraphEdge.IcmpError)
        {
            result.Add(PacketBuffer.At(packet).Data.ToArray());
        }

        if (edge != GraphEdge.Consumed)
        {
            Free(packet);
        }

        // Another node may come before the target, and add to what is enqueued.
        for (int i = 0; i < FakeWorker.Enqueued.Count; i++)
        {
            (string to, nint made) = FakeWorker.Enqueued[i];
            if (to != target)
            {
                Assert.Equal(GraphEdge.Consumed, RunOne(to, made).Edge);
                continue;
            }

            result.Add(PacketBuffer.At(made).Data.ToArray());
            Free(made);
        }

        return result;
    }
}
