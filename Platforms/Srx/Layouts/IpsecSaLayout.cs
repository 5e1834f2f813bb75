using System.Globalization;
using System.Net;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec security-associations</c>.</summary>
internal static class IpsecSaLayout
{
    /// <summary>One line an SA, in the order of columns of releases 8.5 to 10.x.</summary>
    public static string Brief(IReadOnlyList<IpsecSaPair> pairs)
    {
        Lines lines = new();
        lines.Add($"  total configured sa: {(pairs.Count + pairs.Count(p => IsBundle(p.Sa))) * 2}");
        lines.Row((2, "ID"), (8, "Gateway"), (25, "Port"), (31, "Algorithm"), (47, "SPI"), (56, "Life:sec/kb"), (69, "Mon"), (73, "vsys"));
        foreach (IpsecSaPair pair in pairs)
        {
            Phase2Proposal proposal = pair.Sa.Proposal ?? new Phase2Proposal();
            if (IsBundle(pair.Sa))
            {
                // An SA of each: AH's has the keyed hash, and no limit of its own.
                Phase2Proposal around = new() { Protocol = Protocol.Ah, Mac = proposal.Mac };
                lines.Row(Cells(pair.Sa, "<", around, pair.Sa.InboundAhSpi, null));
                lines.Row(Cells(pair.Sa, ">", around, pair.Sa.OutboundAhSpi, null));
                proposal = proposal.Clone();
                proposal.Mac = pair.Sa.EspMac;
            }

            lines.Row(Cells(pair.Sa, "<", proposal, pair.Sa.InboundSpi, pair.InboundKilobytes));
            lines.Row(Cells(pair.Sa, ">", proposal, pair.Sa.OutboundSpi, pair.OutboundKilobytes));
        }

        return lines.ToString();
    }

    /// <summary>All that is known of each tunnel, and for those that are down why.</summary>
    /// <param name="pairs">The SAs.</param>
    /// <param name="vpns">The VPNs that were asked for, up or down.</param>
    /// <param name="failures">Last failures of phase 2 and of the phase 1 below it.</param>
    public static string Detail(IReadOnlyList<IpsecSaPair> pairs, IReadOnlyList<VpnState> vpns, IReadOnlyList<Failure> failures)
    {
        Lines lines = new();
        bool first = true;
        foreach (VpnState vpn in vpns)
        {
            IpsecSaPair[] own = [.. pairs.Where(p => p.Sa.TunnelId == vpn.TunnelId)];
            if (!first)
            {
                lines.Add();
            }

            first = false;
            lines.Add($"  ID: {vpn.TunnelId} Virtual-system: root, VPN Name: {vpn.Name}");
            if (own.Length == 0)
            {
                lines.Add(vpn.BindInterface.Length > 0
                    ? $"  Bind-interface: {vpn.BindInterface}" : $"  Policy-name: {string.Join(", ", vpn.Policies)}");
                lines.Add("  State: DOWN");
            }
            else
            {
                Tunnel(lines, own);
            }

            foreach (Failure failure in own.Length == 0 || !vpn.Up ? failures.Where(f => f.Vpn == vpn.Name) : [])
            {
                FailureLayout.Add(lines, failure, "  ");
            }
        }

        return lines.ToString();
    }

    private static void Tunnel(Lines lines, IpsecSaPair[] pairs)
    {
        Phase2Sa sa = pairs[0].Sa;
        lines.Add($"  Local Gateway: {sa.LocalAddress}, Remote Gateway: {sa.RemoteAddress}");
        if (sa.TrafficSelector.Length > 0)
        {
            lines.Add($"  Traffic Selector Name: {sa.TrafficSelector}");
        }

        lines.Add($"  Local Identity: {Identity(sa.LocalSelector, sa.SelectorProtocol, sa.LocalPort)}");
        lines.Add($"  Remote Identity: {Identity(sa.RemoteSelector, sa.SelectorProtocol, sa.RemoteSelectorPort)}");
        if (!sa.Manual)
        {
            lines.Add("  Version: IKEv1");
        }

        lines.Add($"    DF-bit: {DfBitOf(sa.DfBit)}");
        lines.Add(sa.BindInterface.Length > 0 ? $"    Bind-interface: {sa.BindInterface}" : $"    Policy-name: {string.Join(", ", sa.Policies)}");
        if (sa.RemoteUdpPort != 0)
        {
            lines.Add($"    Port: {sa.RemoteUdpPort}, NAT-T: ESP inside UDP from port {sa.LocalUdpPort}");
        }

        bool first = true;
        foreach (IpsecSaPair pair in pairs)
        {
            if (!first)
            {
                lines.Add();
            }

            first = false;
            Direction(lines, pair.Sa, "inbound", pair.Sa.InboundSpi, pair.Sa.InboundAhSpi, pair.InboundKilobytes);
            lines.Add();
            Direction(lines, pair.Sa, "outbound", pair.Sa.OutboundSpi, pair.Sa.OutboundAhSpi, pair.OutboundKilobytes);
        }
    }

    private static void Direction(Lines lines, Phase2Sa sa, string direction, uint spi, uint ahSpi, ulong? kilobytes)
    {
        // The vendor's auxiliary SPI is that of ESP inside AH.
        lines.Add($"    Direction: {direction}, SPI: {Spi(ahSpi != 0 ? ahSpi : spi)}, AUX-SPI: {(ahSpi != 0 ? Spi(spi) : "0")}");
        lines.Add($"                              , VPN Monitoring: {Monitor(sa, "UP", "DOWN")}");
        lines.Add(sa.Manual ? "    Hard lifetime: No expiry" : $"    Hard lifetime: Expires in {sa.HardRemainingSeconds} seconds");
        lines.Add($"    Lifesize Remaining:  {(kilobytes is { } left ? $"Expires in {left} kilobytes" : "Unlimited")}");
        lines.Add(sa.Manual ? "    Soft lifetime: No expiry" : $"    Soft lifetime: Expires in {sa.SoftRemainingSeconds} seconds");
        lines.Add($"    Mode: {(sa.Transport ? "transport" : "tunnel")}, Type: {(sa.Manual ? "manual" : "dynamic")}, State: installed");
        lines.Add(
            $"    Protocol: {sa.Proposal?.Protocol switch { Protocol.Ah => "AH", Protocol.Bundle => "AH+ESP", _ => "ESP" }}, Authentication: {AlgorithmNames.Authentication(sa.Proposal?.Mac ?? Mac.None)}, "
            + $"Encryption: {(sa.Proposal?.Protocol == Protocol.Ah ? "None"
                : AlgorithmNames.Encryption(sa.Proposal?.Cipher ?? Cipher.Null, sa.Proposal?.CipherKeyBytes ?? 0))}");
        lines.Add(sa.ReplayWindow == 0
            ? "    Anti-replay service: Disabled"
            : $"    Anti-replay service: counter-based enabled, Replay window size: {sa.ReplayWindow}");
        if (sa.ExtendedSequence)
        {
            lines.Add("    Extended Sequence Number: Enabled");
        }

    }

    private static bool IsBundle(Phase2Sa sa) => sa.Proposal?.Protocol == Protocol.Bundle;

    private static (int, string)[] Cells(Phase2Sa sa, string arrow, Phase2Proposal proposal, uint spi, ulong? kilobytes) =>
    [
        (2, arrow + sa.TunnelId.ToString(CultureInfo.InvariantCulture)),
        (8, sa.RemoteAddress),
        (25, sa.RemotePort.ToString(CultureInfo.InvariantCulture)),
        (31, AlgorithmNames.Token(proposal)),
        (47, Spi(spi)),
        (56, $"{(sa.Manual ? "unlim" : sa.HardRemainingSeconds.ToString(CultureInfo.InvariantCulture))}/{(kilobytes is { } left ? left.ToString(CultureInfo.InvariantCulture) : " unlim")}"),
        (70, Monitor(sa, "U", "D")),
        (74, "0"),
    ];

    // The brackets hold the bytes of the identity in the message: an address has four or sixteen, a network and a range twice that.
    private static string Identity(string selector, uint protocol, uint port)
    {
        string name = protocol == 0 ? "any" : protocol.ToString(CultureInfo.InvariantCulture);
        string text = selector.Length == 0 ? "0.0.0.0/0" : selector;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return text.Contains('-', StringComparison.Ordinal) ? $"ipv6_range({name}:{port},[0..31]={text})"
                : text.EndsWith("/128", StringComparison.Ordinal) ? $"ipv6({name}:{port},[0..15]={text[..^4]})"
                : $"ipv6_subnet({name}:{port},[0..31]={text})";
        }

        return text.Contains('-', StringComparison.Ordinal) ? $"ipv4_range({name}:{port},[0..7]={text})"
            : text.EndsWith("/32", StringComparison.Ordinal) && IPAddress.TryParse(text[..^3], out _) ? $"ipv4({name}:{port},[0..3]={text[..^3]})"
            : $"ipv4_subnet({name}:{port},[0..7]={text})";
    }

    private static string Monitor(Phase2Sa sa, string up, string down) => sa.Monitor switch
    {
        Phase2Sa.Types.Monitor.Up => up,
        Phase2Sa.Types.Monitor.Down => down,
        _ => "-",
    };

    private static string DfBitOf(DfBit bit) => bit switch
    {
        DfBit.Copy => "copy",
        DfBit.Set => "set",
        _ => "clear",
    };

    private static string Spi(uint spi) => spi.ToString("x8", CultureInfo.InvariantCulture);
}
