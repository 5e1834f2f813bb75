using System.Text.RegularExpressions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Statements;

/// <summary>Names of interfaces: which words are one, what kind it is, and whether a chassis has it.</summary>
internal static partial class InterfaceNames
{
    /// <summary>The interface of GRE tunnels.</summary>
    public const string Gre = "gr-0/0/0";

    /// <summary>The interface of tunnels of IP in IP.</summary>
    public const string IpInIp = "ip-0/0/0";

    private static readonly string[] s_management = ["fxp0", "fxp1", "em0", "em1", "me0"];

    /// <summary>A physical interface: <c>ge-0/0/1</c>, <c>st0</c>.</summary>
    public static ValueSyntax Physical { get; } = new("interface-name", "an interface such as ge-0/0/0, st0 or lo0")
    {
        Read = text => PhysicalName().IsMatch(text) ? text : null,
    };

    /// <summary>A logical interface: <c>ge-0/0/1.0</c>; without a unit, unit 0 is meant.</summary>
    public static ValueSyntax Logical { get; } = new("interface-name", "a logical interface such as ge-0/0/0.0 or st0.0")
    {
        Read = ReadLogical,
        Suggest = root => Units(root),
    };

    /// <summary>A unit of the secure tunnel interface: <c>st0.3</c>.</summary>
    public static ValueSyntax Tunnel { get; } = new("interface-name", "a unit of the secure tunnel interface such as st0.0")
    {
        Read = text => text.Length <= 9 && TunnelName().IsMatch(text) ? text.Contains('.', StringComparison.Ordinal) ? text : text + ".0" : null,
        Suggest = root => Units(root).Where(IsTunnel),
    };

    /// <summary>True for the secure tunnel interface and its units.</summary>
    public static bool IsTunnel(string name) => name == "st0" || name.StartsWith("st0.", StringComparison.Ordinal);

    /// <summary>True for the interfaces of GRE and of IP in IP, and their units.</summary>
    public static bool IsIpTunnel(string name) => PhysicalOf(name) is Gre or IpInIp;

    /// <summary>True for the loopback interface and its units.</summary>
    public static bool IsLoopback(string name) => name == "lo0" || name.StartsWith("lo0.", StringComparison.Ordinal);

    /// <summary>True for ports that serve management only.</summary>
    public static bool IsManagement(string name) => s_management.Contains(PhysicalOf(name));

    /// <summary>The physical interface of a logical one.</summary>
    public static string PhysicalOf(string name) => name.Split('.')[0];

    /// <summary>What the router does with an interface on a chassis.</summary>
    public static Verdict Judge(string name, ChassisProfile profile)
    {
        if (IsTunnel(name) || IsIpTunnel(name) || IsLoopback(name) || profile.Slots.Any(s => s.Ports.Any(p => p.Name == name)))
        {
            return Verdict.Applied;
        }

        if (IsManagement(name))
        {
            return Verdict.Ignored("management is by the host's own interfaces, which are configured there");
        }

        return PortName().IsMatch(name)
            ? Verdict.Refused($"{profile.Name} has no port {name}; its ports are {Ports(profile)}")
            : Verdict.Refused("interfaces of this kind are not supported yet");
    }

    /// <summary>The ports of a chassis in few words: <c>ge-0/0/0 to ge-0/0/15</c>.</summary>
    public static string Ports(ChassisProfile profile) => string.Join(", ",
        from port in profile.Slots.SelectMany(s => s.Ports)
        group port.Name by port.Name[..port.Name.LastIndexOf('/')] into pic
        select pic.Count() == 1 ? pic.First() : $"{pic.First()} to {pic.Last()}");

    private static IEnumerable<string> Units(StatementView root) =>
        from physical in root["interfaces"].List()
        from unit in physical.List("unit")
        select $"{physical.Key}.{unit.Key}";

    private static string? ReadLogical(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length > 2 || !PhysicalName().IsMatch(parts[0]) || (parts.Length == 2 && !UnitNumber().IsMatch(parts[1])) ? null
            : parts.Length == 2 ? text : text + ".0";
    }

    [GeneratedRegex(@"^(?:fe|ge|xe|et|t1|e1|t3|e3|so|at|pt|gr|ip|lt|mt|sp|vt|vp|cl|dl|umd|pd|pe|ls|lsq)-\d{1,2}/\d{1,2}/\d{1,2}(?::\d{1,3})?$"
        + @"|^(?:st0|lo0|fxp[01]|em[01]|me0|fab[01]|swfab[01]|irb|vlan|ppp0|pp0|dsc|gre|ipip|lsi|mtun|pimd|pime|tap)$|^(?:ae|reth)\d{1,3}$")]
    private static partial Regex PhysicalName();

    [GeneratedRegex(@"^(?:fe|ge|xe)-")]
    private static partial Regex PortName();

    [GeneratedRegex(@"^st0(?:\.(?:0|[1-9]\d{0,4}))?$")]
    private static partial Regex TunnelName();

    [GeneratedRegex(@"^(?:0|[1-9]\d{0,4})$")]
    private static partial Regex UnitNumber();
}
