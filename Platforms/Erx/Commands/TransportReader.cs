using System.Globalization;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary>Gathers IPsec transport connections from IKE, the modules and the configuration.</summary>
internal static class TransportReader
{
    private const int EthernetMtu = 1500;
    private const int EspOverhead = 60;

    /// <summary>The connections, by number.</summary>
    public static async Task<IReadOnlyList<TransportInterface>> Read(CommandContext context)
    {
        Ike.IkeClient ike = new(context.Bus);
        ListVpnsReply vpns = await ike.ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        ListPhase2Reply sas = await ike.ListPhase2Async(new ListPhase2Request(), cancellationToken: context.Cancellation);
        Esp.EspClient esp = new(context.Bus);
        List<TransportInterface> found = [];
        foreach (VpnState vpn in vpns.Vpns.OrderBy(v => v.Protection))
        {
            string[] name = vpn.Name.Split(' ');
            Phase2Sa? sa = sas.Sas.FirstOrDefault(s => s.TunnelId == vpn.TunnelId && s.Current);
            EspStatistics statistics = sa is null ? new EspStatistics()
                : await esp.GetStatisticsAsync(new GetStatisticsRequest { Protection = vpn.Protection }, cancellationToken: context.Cancellation);
            // Profile, local address, virtual router, the peer where the key is its own, application.
            if (name.Length < 4)
            {
                continue;
            }

            StatementView profile = context.Configuration.Entry(ErxStatements.VirtualRouters, name[2])["ipsec"]["transport"].Entry("profile", name[0]);
            found.Add(new TransportInterface(
                vpn.Protection, vpn.Up, name[2], name[^1], sa?.PfsGroup ?? uint.Parse(profile.Text("pfs") ?? "0", CultureInfo.InvariantCulture),
                EthernetMtu - EspOverhead, sa?.LocalAddress ?? name[1], sa?.RemoteAddress ?? profile.Text("address") ?? string.Empty, sa, statistics));
        }

        return found;
    }
}
