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
    private const string Table4 = "inet.0";
    private const string Table6 = "inet6.0";

    // Host bits are allowed: an address with a length means its network.
    private static readonly ValueSyntax s_destination = new("destination", "an address or prefix")
    {
        Read = text => text.Contains('/', StringComparison.Ordinal)
            ? Values.InterfaceAddress().Read!(text) ?? Values.InterfaceAddress6().Read!(text)
            : Values.AnyAddress().Read!(text),
    };

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show route", "Show routing table information", Show).With(
            CommandOption.Argument("destination", "An address, for the route that carries it, or a prefix, for the routes inside", s_destination),
            CommandOption.Named("table", "Name of a routing table", Values.OneOf(Values.Choice(Table4, "IPv4 routes"), Values.Choice(Table6, "IPv6 routes")))),
    ];

    /// <summary>The routes of a destination: of an address the longest match, of a prefix all that lie in it.</summary>
    public static IReadOnlyList<RouteState> Matching(IReadOnlyList<RouteState> all, string? destination)
    {
        if (destination is null)
        {
            return all;
        }

        string[] parts = destination.Split('/');
        UInt128 address = Number(IPAddress.Parse(parts[0]));
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
        string? destination = context.Arguments.Text("destination");
        string? table = context.Arguments.Text("table") ?? (destination is null ? null : destination.Contains(':', StringComparison.Ordinal) ? Table6 : Table4);
        foreach ((string name, IReadOnlyList<RouteState> all) in new[] { (Table4, context.Routes.All()), (Table6, context.Routes.All6()) })
        {
            if (table is null || table == name)
            {
                context.Output.Write(RouteLayout.Text(name, all, Matching(all, destination), context.Time.GetUtcNow()));
            }
        }

        return Task.FromResult(0);
    }

    private static bool Inside(UInt128 address, UInt128 prefix, int length) =>
        length == 0 || ((address ^ prefix) >> (128 - length)) == 0;

    // An address in the high bits, so that prefixes of both families compare alike.
    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        _ = address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
