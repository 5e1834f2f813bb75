using RouterOS.Abstractions.Chassis;

namespace RouterOS.Srx.Profiles;

/// <summary>A group of ports on a card, second number of their names.</summary>
/// <param name="Number">Its number on the card.</param>
/// <param name="Description">The vendor's description: <c>16x GE gPIM</c>.</param>
/// <param name="Ports">Its ports.</param>
internal sealed record SrxPic(int Number, string Description, IReadOnlyList<PortProfile> Ports)
{
    /// <summary>Ports of one media, numbered from <paramref name="first"/>.</summary>
    public static IEnumerable<PortProfile> PortsOf(string media, int slot, int pic, int count, int first = 0) =>
        Enumerable.Range(first, count).Select(port => new PortProfile($"{media}-{slot}/{pic}/{port}", media, Speed(media)));

    private static long Speed(string media) => media switch
    {
        "fe" => 100_000_000,
        "ge" => 1_000_000_000,
        _ => 10_000_000_000,
    };
}
