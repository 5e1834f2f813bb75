using System.Globalization;
using System.Text;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip interface</c>.</summary>
internal static class InterfaceLayout
{
    /// <summary>A block for each.</summary>
    public static string Full(IReadOnlyList<InterfaceState> states, Func<InterfaceState, long> speed)
    {
        StringBuilder text = new();
        foreach (InterfaceState state in states)
        {
            string link = state.Enabled && state.LinkUp ? "up" : "down";
            text.Append(CultureInfo.InvariantCulture, $"{state.Name} line protocol {LinkOf(state)} is {link}, ip is {link}\n");
            text.Append("  Network Protocols: IP\n");
            foreach (InterfaceAddressState address in state.Addresses)
            {
                text.Append(CultureInfo.InvariantCulture, $"  Internet address is {address.Address}/{ErxValues.MaskOf(address.PrefixLength)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  Operational MTU = {state.Mtu}  Administrative MTU = 0\n");
            text.Append(CultureInfo.InvariantCulture, $"  Operational speed = {speed(state)}  Administrative speed = 0\n");
            text.Append(CultureInfo.InvariantCulture, $"  Administrative status is {(state.Enabled ? "up" : "down")}\n\n");
        }

        return text.ToString();
    }

    /// <summary>A line for each.</summary>
    public static string Brief(IReadOnlyList<InterfaceState> states, Func<string, string> description)
    {
        StringBuilder text = new();
        text.Append("Interface              IP-Address        Status  Protocol  Description\n");
        text.Append("---------------------- ----------------- ------- --------- -----------\n");
        foreach (InterfaceState state in states)
        {
            string address = state.Addresses is [{ } first, ..] ? string.Create(CultureInfo.InvariantCulture, $"{first.Address}/{first.PrefixLength}") : "Unnumbered";
            string link = state.Enabled && state.LinkUp ? "up" : "down";
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{state.Name,-22} {address,-17} {(state.Enabled ? "up" : "down"),-7} {link,-9} {description(state.Name)}").TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string LinkOf(InterfaceState state) => state.LinkType switch
    {
        "ethernet" => "Ethernet",
        "loopback" => "Loopback",
        string other => other.ToUpperInvariant(),
    };
}
