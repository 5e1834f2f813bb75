using System.Globalization;
using System.Text;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip route</c>.</summary>
internal static class RouteLayout
{
    private const string Header = """
        Protocol/Route type codes:
          I1- ISIS level 1, I2- ISIS level2,
          I- route type intra, IA- route type inter, E- route type external,
          i- metric type internal, e- metric type external,
          O- OSPF, E1- external type 1, E2- external type2,
          N1- NSSA external type1, N2- NSSA external type2

              Prefix/Length      Type        Next Hop       Dst/Met       Interface
        ------------------ -------- --------------- ---------- ------------------------

        """;

    /// <summary>The table.</summary>
    public static string Text(IReadOnlyList<RouteState> routes)
    {
        StringBuilder text = new(Header.ReplaceLineEndings("\n"));
        foreach (RouteState route in routes)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{route.Prefix}/{route.PrefixLength}");
            string type = route.Protocol is RouteProtocol.Direct or RouteProtocol.Local ? "Connect" : "Static";
            string next = route.Gateway?.ToString() ?? (type == "Connect" ? "0.0.0.0" : "255.255.255.255");
            string through = route.Protocol is RouteProtocol.StaticDiscard or RouteProtocol.StaticReject ? "null0" : route.Interface;
            text.Append(CultureInfo.InvariantCulture, $"{prefix,-18} {type,-8} {next,-15} {route.Preference + "/0",-10} {through}\n");
        }

        return text.ToString();
    }
}
