using System.Globalization;
using System.Text;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ipsec transport interface</c>, with the vendor's oddities.</summary>
internal static class TransportLayout
{
    /// <summary>One line, or a block, for each.</summary>
    public static string Text(IReadOnlyList<TransportInterface> interfaces, bool detail, bool withCount)
    {
        StringBuilder text = new();
        foreach (TransportInterface each in interfaces)
        {
            text.Append(CultureInfo.InvariantCulture, $"IPSEC transport interface {each.Number} is {(each.IsUp ? "Up" : "Down")}\n");
            if (detail)
            {
                Detail(text, each);
            }
        }

        if (withCount)
        {
            text.Append(CultureInfo.InvariantCulture, $"{interfaces.Count} Ipsec transport interface{(interfaces.Count == 1 ? string.Empty : "s")} found\n");
        }

        return text.ToString();
    }

    /// <summary>How many are up and down, and how many something uses.</summary>
    public static string Summary(IReadOnlyList<TransportInterface> interfaces)
    {
        int up = interfaces.Count(i => i.IsUp);
        return "Operational status       up         down       upper-bound\n"
            + string.Create(CultureInfo.InvariantCulture, $"{string.Empty,-25}{up,-11}{interfaces.Count - up,-11}{up}\n");
    }

    private static void Detail(StringBuilder text, TransportInterface each)
    {
        text.Append("  Configuration\n");
        Add(text, $"Virtual router {each.Router}");
        Add(text, $"Application {each.Application}");
        Add(text, each.PfsGroup == 0 ? "No pfs group" : $"pfs group is {each.PfsGroup}");
        Add(text, $"Mtu is {each.Mtu}");
        Add(text, $"Local address is {each.Local}");
        Add(text, $"Remote address is {each.Remote}");
        if (each.Sa is { } sa)
        {
            string transform = TransformOf(sa.Proposal);
            string lifetime = $"lifetime {sa.Proposal.LifetimeSeconds} seconds {sa.Proposal.LifetimeKilobytes} kilobytes";
            Add(text, $"Local identity is {IdentityOf(sa.LocalSelector, sa.SelectorProtocol, sa.LocalPort)}");
            Add(text, $"Remote identity is {IdentityOf(sa.RemoteSelector, sa.SelectorProtocol, sa.RemoteSelectorPort)}");
            Add(text, $"Inbound spi 0x{sa.InboundSpi:x8}");
            Add(text, $"Inbound transform {transform}");
            Add(text, $"Inbound {lifetime}");
            Add(text, $"Outbound spi is 0x{sa.OutboundSpi:x8}");
            Add(text, $"Outbound transform {transform}");
            Add(text, $"Outbound {lifetime}");
        }

        EspStatistics counted = each.Statistics;
        text.Append("\n  Statistics\n");
        Count(text, "InUserPackets", counted.DecryptedPackets);
        Count(text, "InUserOctets", counted.DecryptedBytes);
        Count(text, "InAccPackets", counted.DecryptedPackets);
        Count(text, "InAccOctets", counted.ReceivedOuterBytes);
        Count(text, "InAuthErrors", counted.AuthenticationFailures);
        Count(text, "InReplayErrors", counted.ReplayErrors);
        Count(text, "InPolicyErrors", counted.ReceivedPolicyErrors);
        Count(text, "InOtherRxErrors", counted.BadHeaders);
        Count(text, "InDecryptErrors", counted.DecryptionFailures);
        Count(text, "InPadErrors", counted.BadTrailers);
        text.Append('\n');
        Count(text, "OutUserPackets", counted.EncryptedPackets);
        Count(text, "OutUserOctets", counted.SentInnerBytes);
        Count(text, "OutAccPackets", counted.EncryptedPackets);
        Count(text, "OutAccOctets", counted.EncryptedBytes);
        Count(text, "OutPolicyErrors", counted.SentPolicyErrors);
        Count(text, "OutOtherTxErrors", counted.OtherSendErrors);
        text.Append('\n');
    }

    private static void Add(StringBuilder text, string line) => text.Append("    ").Append(line).Append('\n');

    private static void Count(StringBuilder text, string name, ulong value) =>
        text.Append(CultureInfo.InvariantCulture, $"    {name,-24}{value}\n");

    private static string TransformOf(Phase2Proposal proposal) => TransportProfileLayout.Shown(
        $"esp-{(proposal.Cipher switch { Cipher.TripleDesCbc => "3des", Cipher.DesCbc => "des", _ => "null" })}-hmac-{(proposal.Mac == Mac.HmacMd596 ? "md5" : "sha")}");

    private static string IdentityOf(string selector, uint protocol, uint port)
    {
        string[] parts = selector.Split('/');
        string mask = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            ? ErxValues.MaskOf(length) : ErxValues.MaskOf(32);
        return $"subnet {parts[0]} {mask}, proto {protocol}, port {port}";
    }
}
