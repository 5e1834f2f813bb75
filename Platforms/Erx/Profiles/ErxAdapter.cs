using RouterOS.Abstractions.Chassis;

namespace RouterOS.Erx.Profiles;

/// <summary>An I/O module or adapter.</summary>
/// <param name="Type">The vendor's name: <c>FE-8 IOA</c>.</param>
/// <param name="Ports">Its ports.</param>
internal sealed record ErxAdapter(string Type, IReadOnlyList<PortProfile> Ports)
{
    /// <summary>Adapter with ports of one media, named <c>gigabitEthernet4/0</c> or <c>gigabitEthernet4/0/1</c>.</summary>
    public static ErxAdapter Of(string type, string media, string place, int count) =>
        new(type, [.. Enumerable.Range(0, count).Select(port => new PortProfile($"{media}{place}/{port}", media, Speed(media)))]);

    private static long Speed(string media) => media switch
    {
        "fastEthernet" => 100_000_000,
        "gigabitEthernet" => 1_000_000_000,
        _ => 10_000_000_000,
    };
}
