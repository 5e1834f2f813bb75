using System.Globalization;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>The flow statistics of a unit in <c>show interfaces detail</c>.</summary>
internal static class FlowStatisticsLayout
{
    private const int Value = 41;

    /// <summary>Adds the statistics. Rows about functions that are not there (NAT, users) never move.</summary>
    public static void Add(Lines lines, LogicalState logical)
    {
        InterfaceFlowCounters flow = logical.Flow;
        FlowErrors errors = logical.Errors;
        lines.Add("    Flow Statistics :");
        lines.Add("    Flow Input statistics :");
        Row(lines, "Self packets :", flow.SelfPackets);
        Row(lines, "ICMP packets :", flow.IcmpPackets);
        Row(lines, "VPN packets :", flow.VpnPackets);
        Row(lines, "Multicast packets :", flow.MulticastIn);
        Row(lines, "Bytes permitted by policy :", flow.BytesPermittedIn);
        Row(lines, "Connections established :", flow.ConnectionsEstablished);
        lines.Add("    Flow Output statistics:");
        Row(lines, "Multicast packets :", flow.MulticastOut);
        Row(lines, "Bytes permitted by policy :", flow.BytesPermittedOut);
        lines.Add("    Flow error statistics (Packets dropped due to):");
        Row(lines, "Address spoofing:", flow.AddressSpoofing);
        Row(lines, "Authentication failed:", errors.AuthenticationFailed);
        Row(lines, "Incoming NAT errors:", 0);
        Row(lines, "Invalid zone received packet:", 0);
        Row(lines, "Multiple user authentications:", 0);
        Row(lines, "Multiple incoming NAT:", 0);
        Row(lines, "No parent for a gate:", 0);
        Row(lines, "No one interested in self packets:", flow.NoSelfInterest);
        Row(lines, "No minor session:", 0);
        Row(lines, "No more sessions:", flow.NoMoreSessions);
        Row(lines, "No NAT gate:", 0);
        Row(lines, "No route present:", flow.NoRoute);
        Row(lines, "No SA for incoming SPI:", errors.UnknownSpi);
        Row(lines, "No tunnel found:", errors.NoTunnel);
        Row(lines, "No session for a gate:", 0);
        // The vendor forgot the colon here.
        Row(lines, "No zone or NULL zone binding", flow.NoZone);
        Row(lines, "Policy denied:", flow.PolicyDenied);
        Row(lines, "Security association not active:", errors.NoActiveSa);
        Row(lines, "TCP sequence number out of window:", flow.TcpSequence);
        Row(lines, "Syn-attack protection:", flow.SynAttack);
        Row(lines, "User authentication errors:", 0);
    }

    private static void Row(Lines lines, string label, ulong value) =>
        lines.Row((6, label), (Value, value.ToString(CultureInfo.InvariantCulture)));
}
