using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Srx.Layouts;

namespace RouterOS.Srx.Commands;

/// <summary><c>show route</c>.</summary>
internal static class RouteCommands
{
    // Host bits are allowed: an address with a length means its network.
    private static readonly ValueSyntax s_destination = new("destination", "an IPv4 address or prefix")
    {
        Read = text => text.Contains('/', StringComparison.Ordinal)
            ? Values.InterfaceAddress().Read!(text)
            : Values.TryAddress(text, out IPAddress? address) ? address!.ToString() : null,
    };

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show route", "Show routing table information", Show).With(
            CommandOption.Argument("destination", "An address, for the route that carries it, or a prefix, for the routes inside", s_destination)),
    ];

    /// <summary>The routes of a destination: of an address the longest match, of a prefix all that lie in it.</summary>
    public static IReadOnlyList<RouteState> Matching(IReadOnlyList<RouteState> all, string? destination)
    {
        if (destination is null)
        {
            return all;
        }

        string[] parts = destination.Split('/');
        uint address = Number(IPAddress.Parse(parts[0]));
        if (parts.Length == 2)
        {
            int length = int.Parse(parts[1], CultureInfo.InvariantCulture);
            return [.. all.Where(r => r.PrefixLength >= length && Inside(Number(r.Prefix), address, length))];
        }

        RouteState[] carrying = [.. all.Where(r => Inside(address, Number(r.Prefix), r.PrefixLength))];
        int longest = carrying.Length == 0 ? 0 : carrying.Max(r => r.PrefixLength);
        return [.. carrying.Where(r => r.PrefixLength == longest)];
    }

    private static Task<int> Show(CommandContext context)
    {
        IReadOnlyList<RouteState> all = context.Routes.All();
        context.Output.Write(RouteLayout.Text(all, Matching(all, context.Arguments.Text("destination")), context.Time.GetUtcNow()));
        return Task.FromResult(0);
    }

    private static bool Inside(uint address, uint prefix, int length) =>
        length == 0 || ((address ^ prefix) >> (32 - length)) == 0;

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
