using System.Globalization;
using System.Text;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show vlan subinterface</c>.</summary>
internal static class VlanLayout
{
    /// <summary>A line for each.</summary>
    public static string Text(IReadOnlyList<InterfaceState> states)
    {
        StringBuilder text = new();
        text.Append("Interface                      Status  MTU    Vlan Id  Type\n");
        text.Append("-----------------------------  ------  -----  -------  ------\n");
        foreach (InterfaceState state in states)
        {
            text.Append(CultureInfo.InvariantCulture, $"{state.Name,-29}  {(state.Enabled && state.LinkUp ? "Up" : "Down"),-6}  {state.Mtu,-5}  {state.Vlan,-7}  static\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{states.Count} VLAN subinterface{(states.Count == 1 ? string.Empty : "s")} found\n");
        return text.ToString();
    }
}
