using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>Names of hosts that the configuration itself gives addresses: <c>system static-host-mapping</c>. No server is asked.</summary>
internal static class HostMapping
{
    /// <summary>Addresses of a name or alias, IPv4 before IPv6; empty for one that is not there. Capitals do not matter.</summary>
    public static IReadOnlyList<string> Find(StatementView root, string name) =>
        root["system"]["static-host-mapping"].List()
            .FirstOrDefault(host => host.Values.Concat(host["alias"].Values).Contains(name, StringComparer.OrdinalIgnoreCase)) is { } found
            ? [.. found["inet"].Values, .. found["inet6"].Values]
            : [];

    /// <summary>The root of a configuration that a statement is in.</summary>
    public static StatementView RootOf(StatementView view)
    {
        while (view.Parent is { } parent)
        {
            view = parent;
        }

        return view;
    }
}
