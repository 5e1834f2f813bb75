using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Tables;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>Just as much of a data plane as IKE can see: rows that come into force late, tunnels that drop what they cannot carry.</summary>
internal sealed class SimulatedModule(SimulatedNetwork network) : IModuleView
{
    private static readonly TimeSpan s_install = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<string, Action<ModuleEvent>> _handlers = [];
    private readonly Dictionary<uint, ProtectionState> _protections = [];
    private readonly Dictionary<uint, SaState> _inbound = [];
    private readonly Dictionary<(string Table, string Key), (ulong Bytes, int Told)> _used = [];

    /// <summary>Rows in force.</summary>
    public SortedDictionary<(string Table, string Key), IMessage> Rows { get; } = [];

    /// <summary>What the modules say of table "tap".</summary>
    public Dictionary<string, TapState> Taps { get; } = [];

    /// <summary>Refuses inbound SAs with this reason.</summary>
    public string? Refusal { get; set; }

    /// <summary>Takes rows and never says so.</summary>
    public bool IsStuck { get; set; }

    public bool IsAttached { get; set; } = true;

    /// <summary>What a packet takes of the bytes that an SA lasts for.</summary>
    public ulong PacketBytes { get; set; }

    public int Changes { get; private set; }

    /// <summary>Packets that found no SA to leave by, and that arrived on an SPI that is not known.</summary>
    public int NotSent { get; private set; }

    public int NotReceived { get; private set; }

    public int Received { get; private set; }

    public SimulatedStrand? Strand { get; set; }

    /// <summary>Takes packets with SPIs that there are none of, while the row "esp" asks for them.</summary>
    public Action<PuntPacket>? Strange { get; set; }

    public ProtectionRow? Protection(uint id) =>
        Rows.TryGetValue(("protection", id.ToString()), out IMessage? row) ? (ProtectionRow)row : null;

    public IEnumerable<SaRow> Inbound => Rows.Where(r => r.Key.Table == "sa-in").Select(r => (SaRow)r.Value);

    public IEnumerable<SaRow> Outbound => Rows.Where(r => r.Key.Table == "sa-out").Select(r => (SaRow)r.Value);

    public void Program((string Table, string Key) key, IMessage? row, Action<string?> done) => network.Schedule(s_install, () =>
    {
        if (row is null)
        {
            Changes += Rows.Remove(key) ? 1 : 0;
        }
        else if (Refusal is not null && key.Table == "sa-in")
        {
            done(Refusal);
            return;
        }
        else if (!Rows.TryGetValue(key, out IMessage? old) || !old.Equals(row))
        {
            Changes++;
            Rows[key] = row;
        }

        if (!IsStuck)
        {
            done(null);
        }
    });

    public void Sweep(HashSet<(string, string)> kept) => network.Schedule(s_install, () =>
    {
        foreach ((string, string) key in Rows.Keys.Where(k => !kept.Contains(k)).ToArray())
        {
            Changes++;
            Rows.Remove(key);
        }
    });

    /// <summary>Sends one packet into a protection; it is decrypted at the other side or lost.</summary>
    public void Send(uint protection)
    {
        ProtectionRow? row = Protection(protection);
        if (row is null)
        {
            NotSent++;
            return;
        }

        if (row.OutboundSpi == 0 || !Rows.TryGetValue(("sa-out", $"{protection}/{row.OutboundSpi}"), out IMessage? found))
        {
            NotSent++;
            State(protection).NoSa++;
            Raise(new ModuleEvent { Table = "protection", Key = protection.ToString(), Name = "acquire", Count = 1 });
            return;
        }

        SaRow sa = (SaRow)found;
        SaRow? around = sa.PartnerSpi != 0 && Rows.TryGetValue(("sa-out", $"{protection}/{sa.PartnerSpi}"), out IMessage? ah) ? (SaRow)ah : null;
        if (sa.PartnerSpi != 0 && around?.PartnerSpi != sa.Spi)
        {
            NotSent++;
            return;
        }

        if (!Uses("sa-out", $"{protection}/{row.OutboundSpi}", sa))
        {
            NotSent++;
            return;
        }

        State(protection).EncryptedPackets++;
        network.Carry(row, sa, around);
    }

    public void Receive(SaRow sent, SaRow? around, uint source, ushort sourcePort)
    {
        if (!Rows.TryGetValue(("sa-in", sent.Spi.ToString()), out IMessage? row))
        {
            NotReceived++;
            if (Rows.ContainsKey(("esp", "settings")))
            {
                byte[] payload = new byte[40];
                BinaryPrimitives.WriteUInt32BigEndian(payload, sent.Spi);
                PuntPacket packet = new()
                {
                    Channel = "esp-unknown-spi", Source = source, SourcePort = sourcePort, Protocol = sourcePort == 0 ? 50u : 17u, Payload = ByteString.CopyFrom(payload),
                };
                Strand?.Post(() => Strange?.Invoke(packet));
            }

            return;
        }

        SaRow own = (SaRow)row;
        bool opens = own.Protocol == sent.Protocol && own.Cipher == sent.Cipher && own.Mac == sent.Mac && own.CipherKey == sent.CipherKey && own.MacKey == sent.MacKey
            && own.Selector.Equals(sent.Selector) && own.PartnerSpi == (around?.Spi ?? 0)
            && (around is null || (Rows.TryGetValue(("sa-in", around.Spi.ToString()), out IMessage? ah) && ah is SaRow { Protocol: Protocol.Ah } ahead
                && ahead.PartnerSpi == own.Spi && ahead.Mac == around.Mac && ahead.MacKey == around.MacKey && ahead.MacKey != own.MacKey));
        if (!opens || !Uses("sa-in", sent.Spi.ToString(), own))
        {
            NotReceived++;
            return;
        }

        Received++;
        State(own.Protection).DecryptedPackets++;
        if (!_inbound.TryGetValue(own.Spi, out SaState? state))
        {
            _inbound[own.Spi] = state = new SaState { Spi = own.Spi, Protection = own.Protection };
        }

        state.Packets++;
        Locate(own.Protection, source, sourcePort);
    }

    // False where the SA has no bytes left.
    private bool Uses(string table, string key, SaRow sa)
    {
        if (sa.HardBytes == 0 || PacketBytes == 0)
        {
            return true;
        }

        (ulong bytes, int told) = _used.GetValueOrDefault((table, key));
        (ulong, string)[] limits = [(sa.SoftBytes, "soft-expired"), (sa.SoftBytes + ((sa.HardBytes - sa.SoftBytes) / 4 * 3), "nearly-expired"), (sa.HardBytes, "hard-expired")];
        foreach ((ulong limit, string name) in limits[told..])
        {
            if (bytes >= limit)
            {
                told++;
                Raise(new ModuleEvent { Table = table, Key = key, Name = name, Count = 1 });
            }
        }

        bool has = bytes < sa.HardBytes;
        _used[(table, key)] = (has ? bytes + PacketBytes : bytes, told);
        return has;
    }

    public void Raise(ModuleEvent happened) => Strand?.Post(() =>
    {
        if (_handlers.TryGetValue(happened.Table, out Action<ModuleEvent>? handler))
        {
            handler(happened);
        }
    });

    public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : IMessage<T>, new()
    {
        if (!IsAttached)
        {
            return Task.FromException<IReadOnlyList<KeyValuePair<string, T>>>(new RpcException(new Status(StatusCode.Unavailable, "none")));
        }

        IEnumerable<KeyValuePair<string, IMessage>> all = table == "tap" ? Taps.Select(p => KeyValuePair.Create(p.Key, (IMessage)p.Value))
            : table == "protection"
            ? _protections.Select(p => KeyValuePair.Create(p.Key.ToString(), (IMessage)p.Value))
            : _inbound.Select(p => KeyValuePair.Create(p.Key.ToString(), (IMessage)p.Value));
        IReadOnlyList<KeyValuePair<string, T>> rows =
            [.. all.Where(r => key.Length == 0 || r.Key == key).Select(r => KeyValuePair.Create(r.Key, ((IDeepCloneable<T>)r.Value).Clone()))];
        TaskCompletionSource<IReadOnlyList<KeyValuePair<string, T>>> done = new();
        SimulatedStrand? strand = Strand;
        network.Schedule(s_install, () => strand?.Post(() => done.SetResult(rows)));
        return done.Task;
    }

    public void Subscribe(string table, Action<ModuleEvent> handler) => _handlers[table] = handler;

    public Task<IReadOnlyList<ModuleDescription>> Describe() => Task.FromResult<IReadOnlyList<ModuleDescription>>([]);

    // RFC 3948 section 4: an authenticated packet from elsewhere.
    private void Locate(uint id, uint source, ushort sourcePort)
    {
        if (Protection(id) is not { } row)
        {
            return;
        }

        bool moved = sourcePort != 0 && (row.RemoteAddress, row.RemotePort) != (source, sourcePort);
        ProtectionState state = State(id);
        (state.PeerAddress, state.PeerPort) = moved ? (source, sourcePort) : (0u, 0u);
        if (moved)
        {
            Raise(new ModuleEvent { Table = "protection", Key = id.ToString(), Name = "peer-moved", Count = 1 });
        }
    }

    private ProtectionState State(uint id)
    {
        if (!_protections.TryGetValue(id, out ProtectionState? state))
        {
            _protections[id] = state = new ProtectionState { Id = id };
        }

        return state;
    }
}
