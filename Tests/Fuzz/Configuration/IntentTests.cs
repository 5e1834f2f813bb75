using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Abstractions.Ports;
using RouterOS.Core.Configuration;
using RouterOS.Core.Network;
using RouterOS.Core.Tables;
using RouterOS.Esp.Nodes;
using RouterOS.Flow.Control;
using RouterOS.Fuzz.Rows;
using RouterOS.Ike.Control;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Unit.Core;
using RouterOS.Unit.Flow;
using RouterOS.Unit.Forwarding;
using RouterOS.Unit.Ike.Simulation;
using NetworkState = RouterOS.Core.Network.NetworkState;

namespace RouterOS.Fuzz.Configuration;

/// <summary>Intents of any platform, also of third parties: what validation lets through is applied without a throw, and no module refuses its rows.</summary>
public sealed class IntentTests
{
    private readonly IntentSet[] _seeds =
    [
        .. Corpus.Texts("junos").Select(text => Srx.Language.Bind(ConfigurationText.Read(text, Srx.Language.Root).Tree, Srx.Profile).Intents),
    ];

    [Fact]
    public void Tunnels()
    {
        Lab lab = new(3);
        lab.Right.Start(new IkeIntent());
        IkePlugin plugin = new();
        int applied = 0;
        FuzzLoop.Run("intent-ike", 2_000, (random, input) =>
        {
            IntentSet seed = random.Pick(_seeds);
            IkeIntent intent = random.OneIn(2) ? lab.RightIntent.Clone() : seed.Get<IkeIntent>().Clone();
            SystemIntent system = seed.Get<SystemIntent>();
            RowMutator.Mutate(intent, random);
            input.Text = intent.ToString();
            if (IsSound(plugin.Validate(new IntentSet([intent, system]))))
            {
                applied++;
                lab.Right.Apply(intent);
                lab.Network.RunSeconds(random.Next(30));
                Assert.InRange(lab.Right.Module.Rows.Count, 0, 1000);
            }
        });

        Assert.True(applied > 100, $"{applied} intents were applied: the target has lost its way");
    }

    [Fact]
    public void Zones_and_policies()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(new FlowIntent());
        FlowPlugin plugin = new();
        int applied = 0;
        FuzzLoop.Run("intent-flow", 1_500, (random, input) =>
        {
            IntentSet seed = random.Pick(_seeds);
            FlowIntent intent = seed.Get<FlowIntent>().Clone();
            RowMutator.Mutate(intent, random);
            input.Text = intent.ToString();
            if (IsSound(plugin.Validate(new IntentSet([intent, seed.Get<SystemIntent>()]))))
            {
                applied++;
                host.Apply(intent);
                host.InterfacesChange();
            }
        });

        Assert.True(applied > 100, $"{applied} intents were applied: the target has lost its way");
        rig.Chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Interfaces_and_routes()
    {
        SimulatedChassis module = new();
        TableJournal journal = new();
        NetworkState network = new(new SealedValues(), journal.Open("core"), module.Clock, NullLogger.Instance);
        module.Connect(journal).Start();
        module.Idle();
        string[] ports = [.. Srx.Profile.Slots.SelectMany(slot => slot.Ports).Select(port => port.Name)];
        network.Learn([.. ports.Select(port => KeyValuePair.Create(port, new PortCondition(true, 9192)))]);
        int applied = 0;
        FuzzLoop.Run("intent-system", 400, (random, input) =>
        {
            SystemIntent intent = random.Pick(_seeds).Get<SystemIntent>().Clone();
            RowMutator.Mutate(intent, random);
            input.Text = intent.ToString();
            // Which link types there are beside its own, only a module knows: it refuses the others, and that is an alarm.
            if (!IsSound(NetworkValidation.Validate(intent, Srx.Profile))
                || intent.Interfaces.Any(physical => physical.LinkType is not ("ethernet" or "loopback" or "esp")))
            {
                return;
            }

            applied++;
            network.Apply(intent);
            module.Idle();
            using Chassis chassis = new(
                new RouterOS.Simulation.SimulatedClock(), [.. ports.Select(port => (port, (IPort)new SinkPort()))], (_, _) => throw new NotSupportedException(),
                [new EspNodePackage()], 64);
            foreach (((string table, string key), ByteString row) in module.Plane.Rows.OrderBy(row => row.Key.Table == "interface" ? 0 : 1))
            {
                Assert.Null(chassis.Plane.SetRow(table, key, row.Span));
            }
        });

        Assert.True(applied > 40, $"{applied} intents were applied: the target has lost its way");
    }

    private static bool IsSound(IReadOnlyList<Finding> findings)
    {
        Assert.All(findings, finding => Assert.NotEmpty(finding.Message));
        return findings.All(finding => finding.Severity != Finding.Types.Severity.Error);
    }

    private sealed class SealedValues : Sdk.Storage.ISealedStore
    {
        private readonly Dictionary<string, byte[]> _values = [];

        public byte[]? Read(string name) => _values.GetValueOrDefault(name);

        public void Write(string name, ReadOnlySpan<byte> value) => _values[name] = value.ToArray();

        public void Delete(string name) => _values.Remove(name);

        public IReadOnlyList<string> Names() => [.. _values.Keys];
    }
}
