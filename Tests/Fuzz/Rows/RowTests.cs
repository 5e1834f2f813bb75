using Google.Protobuf;
using Google.Protobuf.Reflection;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plane;
using RouterOS.Gre.Nodes;
using RouterOS.L2tp.Nodes;
using RouterOS.Multicast.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using MulticastRows = RouterOS.Proto.Multicast.V1;

namespace RouterOS.Fuzz.Rows;

/// <summary>Rows from the routing engine: a bad one is refused with a sentence, never with an exception, and traffic goes on.</summary>
public sealed class RowTests : IDisposable
{
    // A plane is thrown away after so many rows: what they have made is not worth more memory.
    private const int RowsPerPlane = 250;

    private static readonly Dictionary<string, MessageDescriptor> s_tables = new(StringComparer.Ordinal)
    {
        ["interface"] = InterfaceRow.Descriptor,
        ["route"] = RouteRow.Descriptor,
        ["protection"] = ProtectionRow.Descriptor,
        ["sa-in"] = SaRow.Descriptor,
        ["sa-out"] = SaRow.Descriptor,
        ["zone-interface"] = ZoneInterfaceRow.Descriptor,
        ["policy"] = PolicySetRow.Descriptor,
        ["esp"] = EspSettingsRow.Descriptor,
        ["flow"] = FlowDefaultRow.Descriptor,
        ["flow-clear"] = FlowClearRow.Descriptor,
        ["control-peer"] = ControlPeerRow.Descriptor,
        ["tap"] = TapRow.Descriptor,
        ["l2tp"] = ServerRow.Descriptor,
        ["l2tp-session"] = SessionRow.Descriptor,
        ["gre-tunnel"] = TunnelRow.Descriptor,
        ["multicast-interface"] = MulticastRows.InterfaceRow.Descriptor,
        ["multicast-route"] = MulticastRows.RouteRow.Descriptor,
    };

    private static readonly string[] s_keys = ["", "1", "0", "x", "1/2", "0/0.0.0.0/0", "default", "-1", "99999999999999999999", "0/10.0.0.0/8"];

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly IReadOnlyList<byte[]> _frames = Corpus.Bytes("frames");
    private Chassis? _chassis;

    public static TheoryData<string> Tables { get; } = [.. s_tables.Keys];

    [Fact]
    public void Every_table_has_a_target()
    {
        _chassis = Make();
        Assert.Equal(_chassis.Plane.TableNames.Order(StringComparer.Ordinal), s_tables.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Rows_of(string table)
    {
        MessageDescriptor descriptor = s_tables[table];
        IMessage[] rows = [.. Corpus.Lines("rows/" + table).Select(line => JsonParser.Default.Parse(line, descriptor))];
        ByteMutator mutator = new([.. rows.Select(row => row.ToByteArray())]);
        int count = 0;
        int refused = 0;
        int taken = 0;
        FuzzLoop.Run("rows-" + table, 1_000, (random, input) =>
        {
            if (count++ % RowsPerPlane == 0)
            {
                _chassis?.AssertNothingLeaks();
                _chassis?.Dispose();
                _chassis = Make();
            }

            IMessage row = descriptor.Parser.ParseFrom(random.Pick(rows).ToByteArray());
            if (!random.OneIn(6))
            {
                RowMutator.Mutate(row, random);
            }

            input.Bytes = random.OneIn(4) ? mutator.Next(random) : row.ToByteArray();
            string key = random.OneIn(10) ? random.Pick(s_keys) : KeyOf(table, row);
            string? error = _chassis!.Plane.SetRow(table, key, input.Bytes);
            Assert.True(error is null || (error.Length > 10 && error.Trim() == error && !error.Contains('\n', StringComparison.Ordinal)), error);
            (taken, refused) = error is null ? (taken + 1, refused) : (taken, refused + 1);
            if (random.OneIn(8))
            {
                _chassis.Plane.RemoveRow(table, random.OneIn(4) ? random.Pick(s_keys) : key);
            }

            if (random.OneIn(10))
            {
                Look(random);
            }
        });

        _chassis!.AssertNothingLeaks();
        Assert.True(taken > 20, $"{taken} rows were taken: the target has lost its way");
        Assert.True(refused > 20, $"{refused} rows were refused: the target has lost its way");
    }

    public void Dispose()
    {
        _chassis?.Dispose();
        _engines.Dispose();
    }

    private static string KeyOf(string table, IMessage row) => (table, row) switch
    {
        (_, InterfaceRow r) => $"{r.Index}",
        (_, RouteRow r) => $"{r.Instance}/{Ipv4Address.Format(r.Prefix)}/{r.PrefixLength}",
        (_, ProtectionRow r) => $"{r.Id}",
        ("sa-in", SaRow r) => $"{r.Spi}",
        ("sa-out", SaRow r) => $"{r.Protection}/{r.Spi}",
        (_, ZoneInterfaceRow r) => $"{r.Interface}",
        (_, ControlPeerRow r) => $"{r.Address}",
        (_, PolicySetRow r) => $"{r.FromZone}/{r.ToZone}",
        (_, TapRow r) => $"{r.Protection}",
        (_, TunnelRow r) => $"{r.Interface}",
        (_, SessionRow r) => $"{r.Protection}/{r.Tunnel}/{r.Session}",
        (_, MulticastRows.InterfaceRow r) => $"{r.Interface}",
        (_, MulticastRows.RouteRow r) => $"{r.Instance}/{Ipv4Address.Format(r.Source)}/{Ipv4Address.Format(r.Group)}",
        ("flow" or "l2tp", _) => "default",
        _ => "sessions",
    };

    // A plane on which every table has the sound rows of the corpus.
    private Chassis Make()
    {
        Chassis chassis = new(
            new SimulatedClock(), [("p0", new SinkPort()), ("p1", new SinkPort())], _engines.For,
            [new FlowNodePackage(), new EspNodePackage(), new L2tpNodePackage(), new GreNodePackage(), new MulticastNodePackage()]);
        foreach ((string table, MessageDescriptor descriptor) in s_tables)
        {
            foreach (string line in Corpus.Lines("rows/" + table))
            {
                IMessage row = JsonParser.Default.Parse(line, descriptor);
                chassis.Set(table, KeyOf(table, row), row);
            }
        }

        return chassis;
    }

    // Traffic, timers and snapshots over whatever the rows have made.
    private void Look(FuzzRandom random)
    {
        Chassis chassis = _chassis!;
        for (int i = 0; i < 4; i++)
        {
            chassis.Feed(KernelNodes.PortInput, random.Pick(_frames), port: (ushort)random.Next(2));
        }

        chassis.Clock.Advance(TimeSpan.FromSeconds(1));
        chassis.Plane.RunOnce();
        Assert.Equal(0ul, chassis.Plane.Worker.Graph.Faults);
        foreach (string table in (string[])[.. s_tables.Keys, "neighbor", "drop", "port", "node", "flow-session", "flow-policy", "flow-interface", "flow-summary"])
        {
            foreach (SnapshotRow row in chassis.Plane.Snapshot(table, ""))
            {
                Assert.NotNull(row.Value);
            }

            _ = chassis.Plane.Snapshot(table, random.Pick(s_keys));
        }
    }
}
