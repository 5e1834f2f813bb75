using System.Globalization;
using System.Net;
using Grpc.Core;
using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Srx.Bindings;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Profiles;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Commands;

/// <summary>Gathers what <c>show interfaces</c> prints from the profile, the configuration, the kernel, the modules and the plugins.</summary>
internal sealed class InterfaceReader(SrxModel model, InterfaceRates rates)
{
    private const int FirstIndex = 128;
    private const int EthernetHeader = 14;
    private const int EthernetMtu = 1500;
    private const int EthernetAddress = 6;

    private static readonly string[] s_virtual = [InterfaceNames.Gre, InterfaceNames.IpInIp, "lo0", "st0"];

    /// <summary>Reads interfaces: those of the chassis, then loopback and tunnel where they are configured.</summary>
    /// <param name="context">The command.</param>
    /// <param name="only">The only interface to read; null for all.</param>
    /// <param name="counters">False leaves the counters out; modules are then not asked for them.</param>
    public async Task<IReadOnlyList<PhysicalState>> Read(CommandContext context, string? only, bool counters)
    {
        Snapshots snapshots = await Snapshots.Take(context, counters);
        StatementView configured = context.Configuration["interfaces"];
        PortProfile[] ports = [.. model.Cards.SelectMany(c => c.Pics).SelectMany(p => p.Ports)];
        string[] others = [.. s_virtual.Where(name => configured.Entry(string.Empty, name).Exists)];
        string[] names = [.. ports.Select(p => p.Name), .. others];
        List<PhysicalState> found = [];
        for (int i = 0; i < names.Length; i++)
        {
            if (only is null || names[i] == only)
            {
                PortProfile? port = i < ports.Length ? ports[i] : null;
                found.Add(await Physical(context, snapshots, configured.Entry(string.Empty, names[i]), names[i], FirstIndex + i, port));
            }
        }

        return found;
    }

    private async Task<PhysicalState> Physical(
        CommandContext context, Snapshots snapshots, StatementView configured, string name, int index, PortProfile? port)
    {
        InterfaceKind kind = port is not null ? InterfaceKind.Ethernet : InterfaceNames.IsTunnel(name) ? InterfaceKind.Tunnel
            : name == InterfaceNames.Gre ? InterfaceKind.Gre : name == InterfaceNames.IpInIp ? InterfaceKind.IpInIp : InterfaceKind.Loopback;
        bool enabled = !configured.Has("disable");
        PortState? wire = snapshots.Ports.GetValueOrDefault(name);
        List<LogicalState> units = [];
        foreach (InterfaceState state in context.Interfaces.All().Where(s => InterfaceNames.PhysicalOf(s.Name) == name))
        {
            units.Add(await Logical(context, snapshots, configured, state));
        }

        units.Sort((a, b) => Unit(a.State.Name).CompareTo(Unit(b.State.Name)));
        return new PhysicalState(
            name,
            kind,
            index,
            enabled,
            enabled && (kind != InterfaceKind.Ethernet || wire is { Up: true }),
            (int?)configured.Number("mtu") ?? kind switch
            {
                InterfaceKind.Ethernet => (wire is null ? EthernetMtu : (int)wire.Mtu) + EthernetHeader,
                _ => SrxCapabilities.Limits["st0-mtu"],
            },
            port?.BitsPerSecond ?? 0,
            wire is null ? string.Empty : ArpLayout.LinkAddress(wire.LinkAddress.Span),
            configured.Text("description") ?? string.Empty,
            units);
    }

    private async Task<LogicalState> Logical(CommandContext context, Snapshots snapshots, StatementView configured, InterfaceState state)
    {
        StatementView unit = configured.Entry("unit", Unit(state.Name).ToString(CultureInfo.InvariantCulture));
        VpnState? vpn = snapshots.Vpns.Where(v => v.BindInterface == state.Name).MaxBy(v => v.Up);

        // A tunnel carries traffic while it has an SA; one without a VPN never does.
        bool up = state is { Enabled: true, LinkUp: true } && (!InterfaceNames.IsTunnel(state.Name) || vpn is { Up: true });
        InterfaceCounters counters = snapshots.Interfaces.GetValueOrDefault(state.Index.ToString(CultureInfo.InvariantCulture)) ?? new InterfaceCounters();
        return new LogicalState(
            state,
            up,
            unit["family"].Has("inet"),
            unit.Text("description") ?? string.Empty,
            ZoneInterfaces.ZoneOf(context.Configuration, state.Name) ?? string.Empty,
            counters,
            snapshots.HasCounters ? rates.Take(state.Index, counters, context.Time.GetUtcNow()) : default,
            snapshots.HasCounters ? await FlowCounters(context, state.Name) : new InterfaceFlowCounters(),
            snapshots.Errors(vpn))
        {
            LinkLocal = state.Inet6 && snapshots.Ports.GetValueOrDefault(state.Port)?.LinkAddress is { Length: EthernetAddress } port
                ? LinkLocalOf(port.Span)
                : null,
        };
    }

    // RFC 4291 appendix A: the Ethernet address around ff:fe, its universal bit inverted.
    private static IPAddress LinkLocalOf(ReadOnlySpan<byte> port) => new(
        [0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(port[0] ^ 2), port[1], port[2], 0xff, 0xfe, port[3], port[4], port[5]]);

    private static async Task<InterfaceFlowCounters> FlowCounters(CommandContext context, string name)
    {
        try
        {
            return await new Flow.FlowClient(context.Bus).GetInterfaceCountersAsync(
                new GetInterfaceCountersRequest { Interface = name }, cancellationToken: context.Cancellation);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // The interface went away between two questions.
            return new InterfaceFlowCounters();
        }
    }

    private static int Unit(string name) => int.Parse(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    /// <summary>What the modules and IKE said at one moment.</summary>
    private sealed class Snapshots
    {
        public required Dictionary<string, PortState> Ports { get; init; }

        public required Dictionary<string, InterfaceCounters> Interfaces { get; init; }

        public required Dictionary<string, DropCounter> Drops { get; init; }

        public required Dictionary<string, ProtectionState> Protections { get; init; }

        public required IReadOnlyList<VpnState> Vpns { get; init; }

        public required bool HasCounters { get; init; }

        public static async Task<Snapshots> Take(CommandContext context, bool counters) => new()
        {
            Ports = await Rows<PortState>(context, "port", tolerant: !counters),
            Interfaces = counters ? await Rows<InterfaceCounters>(context, "interface") : [],
            Drops = counters ? await Rows<DropCounter>(context, "drop") : [],
            Protections = counters ? await Rows<ProtectionState>(context, "protection") : [],
            Vpns = await ListVpns(context),
            HasCounters = counters,
        };

        public FlowErrors Errors(VpnState? vpn)
        {
            ProtectionState? protection = vpn is null ? null
                : Protections.GetValueOrDefault(vpn.Protection.ToString(CultureInfo.InvariantCulture));
            return new FlowErrors(
                protection?.AuthenticationFailed ?? 0,
                protection?.NoSa ?? 0,
                Dropped("esp/unknown-spi"),
                Dropped("esp/no-protection"));
        }

        private ulong Dropped(string reason) => Drops.GetValueOrDefault(reason)?.Packets ?? 0;

        // Without a module the interfaces are there and down: the short forms say so instead of failing.
        private static async Task<Dictionary<string, T>> Rows<T>(CommandContext context, string table, bool tolerant = false)
            where T : Google.Protobuf.IMessage<T>, new()
        {
            try
            {
                Dictionary<string, T> rows = new(StringComparer.Ordinal);
                foreach ((string key, T row) in await context.Modules.Snapshot<T>(table))
                {
                    rows[key] = row;
                }

                return rows;
            }
            catch (RpcException) when (tolerant)
            {
                return [];
            }
        }

        private static async Task<IReadOnlyList<VpnState>> ListVpns(CommandContext context)
        {
            try
            {
                return (await new Ike.IkeClient(context.Bus).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation)).Vpns;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Unimplemented)
            {
                // While IKE restarts no tunnel is known to be up.
                return [];
            }
        }
    }
}
