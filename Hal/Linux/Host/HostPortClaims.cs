using System.Globalization;

namespace RouterOS.Linux.Host;

/// <summary>What a <c>host:</c> port claims of the address that it shares: <c>DEVICE[,udp=500+4500…]</c>.</summary>
/// <param name="Device">The host's device.</param>
/// <param name="UdpPorts">UDP ports.</param>
internal sealed record HostPortClaims(string Device, IReadOnlyList<ushort> UdpPorts)
{
    /// <summary>IP protocols that every <c>host:</c> port claims: ESP, AH and GRE.</summary>
    public static IReadOnlyList<byte> Protocols { get; } = [50, 51, 47];

    private const string UdpOption = "udp=";
    private const int MaxPorts = 16;

    /// <summary>Reads the text behind <c>host:</c>; null and a reason when it is not of the form.</summary>
    public static HostPortClaims? Parse(string text, out string reason)
    {
        string[] parts = text.Split(',');
        List<ushort> ports = [500, 4500];
        for (int i = 1; i < parts.Length; i++)
        {
            if (i > 1 || !parts[i].StartsWith(UdpOption, StringComparison.Ordinal))
            {
                reason = $"'{parts[i]}' is no option of host:; write host:eth0,udp=500+4500, for example";
                return null;
            }

            ports.Clear();
            foreach (string number in parts[i][UdpOption.Length..].Split('+'))
            {
                if (!ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0
                    || ports.Contains(port) || ports.Count == MaxPorts)
                {
                    reason = $"'{parts[i]}' is no list of up to {MaxPorts} UDP ports; write udp=500+4500, for example";
                    return null;
                }

                ports.Add(port);
            }
        }

        reason = "";
        return new HostPortClaims(parts[0], ports);
    }
}
