using System.Globalization;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Statements;
using Esp = RouterOS.Proto.Esp.V1.Esp;
using Ike = RouterOS.Proto.Ike.V1.Ike;

namespace RouterOS.Srx.Commands;

/// <summary><c>show</c> and <c>clear</c> of <c>security ike</c> and <c>security ipsec</c>.</summary>
internal static class VpnCommands
{
    private static readonly CommandOption s_peer = CommandOption.Argument("peer", "Address of the peer", Values.AnyAddress("peer"));
    private static readonly CommandOption s_index = CommandOption.Named("index", "Index of one of them", Values.Integer(1, uint.MaxValue, placeholder: "index"));

    private static readonly CommandOption s_vpn = CommandOption.Named("vpn-name", "Name of a VPN", Values.Name("vpn-name", SrxValues.NameLength));

    private static readonly CommandOption s_selector = CommandOption.Named(
        "traffic-selector", "Name of a traffic selector", Values.Name("selector-name", SrxValues.NameLength));

    private static readonly CommandOption s_family = CommandOption.Named("family", "Of one address family",
        Values.OneOf(Values.Choice("inet", "Peers with IPv4 addresses"), Values.Choice("inet6", "Peers with IPv6 addresses")));

    private static readonly CommandOption[] s_levels =
    [
        CommandOption.Flag("brief", "One line for each (the default)", "level"),
        CommandOption.Flag("detail", "All that is known, and why a peer is down", "level"),
    ];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security ike security-associations", "Show IKE security associations", ShowPhase1)
            .With([s_peer, s_index, s_family, .. s_levels]),
        new OperationalCommand("show security ipsec security-associations", "Show IPsec security associations", ShowPhase2)
            .With([s_index, s_vpn, s_selector, s_family, .. s_levels]),
        new OperationalCommand("show security ipsec next-hop-tunnels", "Show which next hop leads to which VPN", ShowNextHops).With(
            CommandOption.Named("interface-name", "Unit of st0", InterfaceNames.Tunnel)),
        new OperationalCommand("show security ipsec statistics", "Show IPsec statistics", ShowStatistics).With(s_index),
        new OperationalCommand("clear security ike security-associations", "Delete IKE security associations", ClearPhase1).With(s_peer, s_index),
        new OperationalCommand("clear security ipsec security-associations", "Delete IPsec security associations", ClearPhase2).With(s_index, s_vpn, s_selector),
        new OperationalCommand("clear security ipsec statistics", "Count IPsec statistics from here", ClearStatistics).With(s_index),
    ];

    private static async Task<int> ShowPhase1(CommandContext context)
    {
        Ike.IkeClient ike = new(context.Bus);
        string peer = context.Arguments.Text("peer") ?? string.Empty;
        ListPhase1Reply reply = await ike.ListPhase1Async(new ListPhase1Request { Peer = peer }, cancellationToken: context.Cancellation);
        long? index = context.Arguments.Number("index");
        Phase1Sa[] sas = [.. reply.Sas.Where(sa => (index is null || sa.Index == index) && IsOfFamily(context, sa.RemoteAddress))];
        if (!context.Arguments.Has("detail"))
        {
            context.Output.Write(IkeSaLayout.Brief(sas));
            return 0;
        }

        Failure[] failures = index is null ? [.. Current(reply), .. await Phase2Failures(ike, peer, context.Cancellation)] : [];
        context.Output.Write(IkeSaLayout.Detail(sas, failures));
        return 0;
    }

    private static bool IsOfFamily(CommandContext context, string address) =>
        context.Arguments.Text("family") is not { } family || address.Contains(':', StringComparison.Ordinal) == (family == "inet6");

    // A peer that came back is not down, whatever happened before.
    private static IEnumerable<Failure> Current(ListPhase1Reply reply) =>
        reply.Failures.Where(f => !reply.Sas.Any(sa => sa.Up && sa.Gateway == f.Gateway && sa.Gateway.Length > 0));

    private static async Task<IEnumerable<Failure>> Phase2Failures(Ike.IkeClient ike, string peer, CancellationToken cancellation)
    {
        ListPhase2Reply phase2 = await ike.ListPhase2Async(new ListPhase2Request(), cancellationToken: cancellation);
        ListVpnsReply vpns = await ike.ListVpnsAsync(new ListVpnsRequest(), cancellationToken: cancellation);
        return phase2.Failures.Where(f =>
            (peer.Length == 0 || f.RemoteAddress == peer) && !vpns.Vpns.Any(v => v.Up && v.Name == f.Vpn));
    }

    private static async Task<int> ShowPhase2(CommandContext context)
    {
        Ike.IkeClient ike = new(context.Bus);
        string name = context.Arguments.Text("vpn-name") ?? string.Empty;
        long? index = context.Arguments.Number("index");
        ListPhase2Reply reply = await ike.ListPhase2Async(new ListPhase2Request { Vpn = name }, cancellationToken: context.Cancellation);
        List<IpsecSaPair> pairs = [];
        string selector = context.Arguments.Text("traffic-selector") ?? string.Empty;
        foreach (Phase2Sa sa in reply.Sas.Where(
            sa => (index is null || sa.TunnelId == index) && (selector.Length == 0 || sa.TrafficSelector == selector)
                && IsOfFamily(context, sa.RemoteAddress)))
        {
            pairs.Add(await WithTraffic(context, sa));
        }

        if (!context.Arguments.Has("detail"))
        {
            context.Output.Write(IpsecSaLayout.Brief(pairs));
            return 0;
        }

        ListVpnsReply vpns = await ike.ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        ListPhase1Reply phase1 = await ike.ListPhase1Async(new ListPhase1Request(), cancellationToken: context.Cancellation);
        VpnState[] shown = [.. vpns.Vpns.Where(v => (name.Length == 0 || v.Name == name) && (index is null || v.TunnelId == index)
            && (selector.Length == 0 || v.TrafficSelector == selector))];
        context.Output.Write(IpsecSaLayout.Detail(pairs, shown, [.. reply.Failures, .. Below(context, shown, Current(phase1))]));
        return 0;
    }

    private static async Task<int> ShowNextHops(CommandContext context)
    {
        ListVpnsReply vpns = await new Ike.IkeClient(context.Bus).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        string? unit = context.Arguments.Text("interface-name");
        context.Output.Write(NextHopTunnelLayout.Text(vpns.Vpns.Where(v => unit is null || v.BindInterface == unit)));
        return 0;
    }

    // A failure of a gateway is the reason of each VPN that hangs on it.
    private static IEnumerable<Failure> Below(CommandContext context, VpnState[] vpns, IEnumerable<Failure> failures) =>
        from failure in failures
        where failure.Gateway.Length > 0
        from vpn in vpns
        where context.Configuration["security"]["ipsec"].Entry("vpn", vpn.Name)["ike"].Text("gateway") == failure.Gateway
        select Of(failure, vpn.Name);

    private static Failure Of(Failure failure, string vpn)
    {
        Failure copy = failure.Clone();
        copy.Vpn = vpn;
        return copy;
    }

    private static async Task<IpsecSaPair> WithTraffic(CommandContext context, Phase2Sa sa)
    {
        uint limit = sa.Proposal?.LifetimeKilobytes ?? 0;
        return limit == 0
            ? new IpsecSaPair(sa, null, null)
            : new IpsecSaPair(
                sa,
                await Left(context, "sa-in", sa.InboundSpi.ToString(CultureInfo.InvariantCulture), limit),
                await Left(context, "sa-out", $"{sa.Protection}/{sa.OutboundSpi}", limit));
    }

    private static async Task<ulong> Left(CommandContext context, string table, string key, uint limit)
    {
        IReadOnlyList<KeyValuePair<string, SaState>> rows = await context.Modules.Snapshot<SaState>(table, key);
        ulong used = rows.Count > 0 ? rows[0].Value.Bytes / 1024 : 0;
        return used < limit ? limit - used : 0;
    }

    private static async Task<int> ShowStatistics(CommandContext context)
    {
        if (await Protection(context) is not { } protection)
        {
            return 1;
        }

        Esp.EspClient esp = new(context.Bus);
        context.Output.Write(IpsecStatisticsLayout.Text(
            await esp.GetStatisticsAsync(new GetStatisticsRequest { Protection = protection }, cancellationToken: context.Cancellation)));
        return 0;
    }

    private static async Task<int> ClearStatistics(CommandContext context)
    {
        if (await Protection(context) is not { } protection)
        {
            return 1;
        }

        Esp.EspClient esp = new(context.Bus);
        await esp.ClearStatisticsAsync(new ClearStatisticsRequest { Protection = protection }, cancellationToken: context.Cancellation);
        return 0;
    }

    // The protection of a tunnel's index; 0 stands for all, null for an index that is none (the operator was told).
    private static async Task<uint?> Protection(CommandContext context)
    {
        if (context.Arguments.Number("index") is not { } index)
        {
            return 0;
        }

        ListVpnsReply vpns = await new Ike.IkeClient(context.Bus).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        VpnState? vpn = vpns.Vpns.FirstOrDefault(v => v.TunnelId == index);
        if (vpn is null)
        {
            await context.Output.WriteLineAsync($"error: there is no tunnel with index {index}");
        }

        return vpn?.Protection;
    }

    private static async Task<int> ClearPhase1(CommandContext context)
    {
        await new Ike.IkeClient(context.Bus).ClearPhase1Async(Meant(context), cancellationToken: context.Cancellation);
        return 0;
    }

    private static async Task<int> ClearPhase2(CommandContext context)
    {
        await new Ike.IkeClient(context.Bus).ClearPhase2Async(Meant(context), cancellationToken: context.Cancellation);
        return 0;
    }

    private static ClearRequest Meant(CommandContext context) => new()
    {
        Peer = context.Arguments.Text("peer") ?? string.Empty,
        Index = (uint)(context.Arguments.Number("index") ?? 0),
        Vpn = context.Arguments.Text("vpn-name") ?? string.Empty,
        TrafficSelector = context.Arguments.Text("traffic-selector") ?? string.Empty,
    };
}
