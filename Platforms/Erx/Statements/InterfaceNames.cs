using System.Text.RegularExpressions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Names of interfaces: typed and kept as <c>fastEthernet 1/0</c>, shown and wired as <c>fastEthernet1/0</c>.</summary>
internal static partial class InterfaceNames
{
    private static readonly ValueChoice[] s_kinds =
    [
        Choice("atm", "ATM interface"), Choice("fastEthernet", "Fast Ethernet interface"), Choice("gigabitEthernet", "Gigabit Ethernet interface"),
        Choice("lag", "Link aggregation"), Choice("loopback", "Loopback interface"), Choice("mlppp", "Multilink PPP interface"),
        Choice("null", "Null interface"), Choice("pos", "Packet over SONET interface"), Choice("serial", "Serial interface"),
        Choice("tenGigabitEthernet", "10-Gigabit Ethernet interface"), Choice("tunnel", "Tunnel interface"),
    ];

    /// <summary>An interface.</summary>
    public static ValueSyntax Any { get; } = new("interface", "an interface such as fastEthernet 1/0, gigabitEthernet 4/0/1, loopback 0 or tunnel gre:name")
    {
        Read = text => Name().IsMatch(text) ? text : null,
    };

    /// <summary>An interface as a parameter.</summary>
    public static ScriptParameter Parameter(string name, string help, ValueSyntax? value = null) =>
        ScriptParameter.Pair(name, help, value ?? Any, s_kinds);

    /// <summary>The name as it is shown and wired.</summary>
    public static string Shown(string name) => name.Replace(" ", string.Empty, StringComparison.Ordinal);

    /// <summary>True for loopbacks.</summary>
    public static bool IsLoopback(string name) => name.StartsWith("loopback", StringComparison.Ordinal);

    /// <summary>True for ports with Ethernet and their subinterfaces.</summary>
    public static bool IsEthernet(string name) => EthernetName().IsMatch(name);

    /// <summary>True for tunnels of GRE and of DVMRP.</summary>
    public static bool IsTunnel(string name) =>
        name.StartsWith("tunnel gre:", StringComparison.Ordinal) || name.StartsWith("tunnel dvmrp:", StringComparison.Ordinal);

    /// <summary>True for an interface on another.</summary>
    public static bool IsSubinterface(string name) => name.Contains('.', StringComparison.Ordinal) && !name.StartsWith("tunnel", StringComparison.Ordinal);

    /// <summary>The interface that a subinterface is on; others as they are.</summary>
    public static string MajorOf(string name) => IsSubinterface(name) ? name[..name.IndexOf('.', StringComparison.Ordinal)] : name;

    /// <summary>What the router does with an interface on a chassis.</summary>
    public static Verdict Judge(StatementView view, ChassisProfile profile)
    {
        string name = view.Key;
        ErxModel model = ErxModels.Of(profile);
        if (IsLoopback(name) || name == "null 0")
        {
            return Verdict.Applied;
        }

        if (name.StartsWith("tunnel", StringComparison.Ordinal))
        {
            return Tunnel(view, profile);
        }

        if (!IsEthernet(name))
        {
            return Verdict.Refused($"{name.Split(' ')[0]} interfaces are not supported: Ethernet and loopback interfaces are");
        }

        if (model.ManagementPorts.Contains(Shown(MajorOf(name))))
        {
            return Verdict.Ignored("the port of the SRP is for management, which is by the host's own interfaces");
        }

        if (name.Count(c => c == '.') > 1)
        {
            return Verdict.Refused("only VLAN subinterfaces of a port are supported: they have one dot");
        }

        return model.Modules.Any(m => m.Ports.Any(p => p.Name == Shown(MajorOf(name)))) ? Verdict.Applied
            : Verdict.Refused($"the {profile.Model} has no port {MajorOf(name)}; its ports are {Ports(model)}");
    }

    private static Verdict Tunnel(StatementView view, ChassisProfile profile)
    {
        string kind = view.Key["tunnel ".Length..view.Key.IndexOf(':', StringComparison.Ordinal)];
        bool secure = view.Has("ipsec-transport");
        if (secure && ErxValues.NeedsIsm(profile) is { Kind: not VerdictKind.Applied } verdict)
        {
            return verdict;
        }

        return kind switch
        {
            "ipsec" when ErxValues.NeedsIsm(profile) is { Kind: not VerdictKind.Applied } none => none,
            "ipsec" => Verdict.Refused("tunnel-mode IPsec interfaces are not supported yet on the E Series"),
            _ when !secure && !profile.Capabilities.Contains(ErxModel.ClearTunnels) => Verdict.Refused(
                $"tunnels in the clear need a Service Module (SM), and this {profile.Model} has none"),
            _ => Verdict.Applied,
        };
    }

    // fastEthernet 1/0 to 1/7, of the ports of a module in few words.
    private static string Ports(ErxModel model) => string.Join(", ",
        from module in model.Modules
        where module.Kind == ErxModuleKind.Line
        from adapter in module.Adapters
        let first = Spaced(adapter.Ports[0].Name)
        select adapter.Ports.Count == 1 ? first : $"{first} to {Spaced(adapter.Ports[^1].Name).Split(' ')[1]}");

    private static string Spaced(string port)
    {
        int digit = port.IndexOfAny(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return $"{port[..digit]} {port[digit..]}";
    }

    [GeneratedRegex(@"^(?:(?:atm|fastEthernet|gigabitEthernet|pos|tenGigabitEthernet|serial) \d{1,2}/\d{1,3}(?:/\d{1,3})?(?:[:/]\d{1,3}){0,3}(?:\.\d{1,10}){0,2}"
        + @"|loopback \d{1,9}|null 0|(?:lag|mlppp) [A-Za-z0-9_-]{1,64}(?:\.\d{1,10})?|tunnel (?:gre|dvmrp|ipsec):[^\s:""]{1,80})$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?:fast|gigabit|tenGigabit)Ethernet \d")]
    private static partial Regex EthernetName();
}
