using System.Globalization;
using System.Net;
using Google.Protobuf;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.L2tp.Control;

/// <summary>Writes what the modules need of sessions that are up: their interface, the routes to the peer, and the session itself.</summary>
internal sealed class SessionRows(ITableWriter tables, Func<Policy.L2tpPolicy> policy, Func<string, uint> instanceOf)
{
    /// <summary>Link type of sessions' interfaces.</summary>
    public const string LinkType = "ppp";

    // Above every number that the routing engine gives to configured interfaces.
    private const uint FirstInterface = 0x1_0000;
    private const uint LastInterface = 0x3_ffff;

    private readonly Dictionary<uint, (string Table, string Key)[]> _written = [];
    private readonly Dictionary<string, uint> _owners = [];
    private readonly Queue<uint> _returned = new();
    private uint _next = FirstInterface;

    /// <summary>Puts the rows of a session in place, or changes them; ends when they are in force, with the reason where one is refused, or nothing.</summary>
    public Task<string> Set(L2tpSession session)
    {
        if (session.Network is not { } network)
        {
            return Task.FromResult(string.Empty);
        }

        if (session.Interface == 0 && (session.Interface = NewInterface()) == 0)
        {
            return Task.FromResult("no interface number is left");
        }

        uint instance = instanceOf(network.VirtualRouter);
        Dictionary<(string Table, string Key), IMessage> rows = [];
        rows[("interface", Number(session.Interface))] = new InterfaceRow
        {
            Index = session.Interface,
            Name = string.Create(CultureInfo.InvariantCulture, $"l2tp.{session.Link}"),
            LinkType = LinkType,
            Mtu = network.Mtu,
            Up = true,
            Instance = instance,
            Addresses = { new InterfacePrefix { Address = network.LocalAddress, PrefixLength = 32 } },
        };
        if (network.Ipv6 is { } ipv6)
        {
            Add((InterfaceRow)rows[("interface", Number(session.Interface))], ipv6);
        }

        rows[("l2tp-session", Key(session))] = Row(session, network);
        // References before referrers: the interface is there before its routes.
        List<(string Table, string Key)> places = [.. rows.Keys];
        foreach ((uint prefix, uint length) in network.Routes.Select(r => (r.Prefix, r.PrefixLength)).Prepend((network.PeerAddress, 32u)))
        {
            string key = $"{instance}/{Ipv4Number.Text(prefix)}/{length}";
            if (_owners.GetValueOrDefault(key, session.Link) == session.Link)
            {
                rows[("route", key)] = new RouteRow
                {
                    Instance = instance, Prefix = prefix, PrefixLength = length, Kind = RouteRow.Types.Kind.Forward, Interface = session.Interface,
                };
                _owners[key] = session.Link;
                places.Add(("route", key));
            }
        }

        foreach (Route6 route in network.Ipv6?.Routes ?? [])
        {
            string key = $"{instance}/{new IPAddress(route.Prefix.Span)}/{route.PrefixLength}";
            if (_owners.GetValueOrDefault(key, session.Link) == session.Link)
            {
                rows[("route", key)] = new RouteRow
                {
                    Instance = instance, Prefix6 = route.Prefix, PrefixLength = route.PrefixLength, Kind = RouteRow.Types.Kind.Forward,
                    Interface = session.Interface,
                };
                _owners[key] = session.Link;
                places.Add(("route", key));
            }
        }

        Remove(session.Link, [.. places]);
        session.Inner = new InnerEnds(instance, network.LocalAddress, network.PeerAddress);
        ulong[] versions = [.. places.Select(place => tables.Set(place.Table, place.Key, rows[place]))];
        _written[session.Link] = [.. places];
        return InForce(versions);
    }

    /// <summary>Removes the rows of a session.</summary>
    public void Remove(L2tpSession session)
    {
        session.Inner = null;
        Remove(session.Link, []);
        _ = _written.Remove(session.Link);
        if (session.Interface != 0)
        {
            _returned.Enqueue(session.Interface);
            session.Interface = 0;
        }
    }

    /// <summary>Key of a session's row and of its counters.</summary>
    public static string Key(L2tpSession session) => $"{session.Tunnel.Ends.Protection}/{session.Tunnel.LocalId}/{session.LocalId}";

    /// <summary>Protection and our number of the tunnel in a session's key; null where it is none.</summary>
    public static (uint Protection, ushort Tunnel)? TunnelOf(string key) =>
        key.Split('/') is [var protection, var tunnel, _] && uint.TryParse(protection, CultureInfo.InvariantCulture, out uint number)
            && ushort.TryParse(tunnel, CultureInfo.InvariantCulture, out ushort local)
            ? (number, local)
            : null;

    private async Task<string> InForce(ulong[] versions)
    {
        string problem = string.Empty;
        foreach (ulong version in versions)
        {
            problem = await tables.Acknowledged(version) ?? problem;
        }

        return problem;
    }

    private void Remove(uint link, HashSet<(string, string)> kept)
    {
        if (!_written.TryGetValue(link, out (string Table, string Key)[]? places))
        {
            return;
        }

        // Referrers before what they refer to.
        foreach ((string table, string key) in places.AsEnumerable().Reverse().Where(p => !kept.Contains(p)))
        {
            _ = tables.Remove(table, key);
            if (table == "route")
            {
                _ = _owners.Remove(key);
            }
        }
    }

    private static void Add(InterfaceRow row, Network6 ipv6)
    {
        row.Inet6 = true;
        row.Mtu6 = ipv6.Mtu;
        row.LinkLocal = ByteString.CopyFrom(LinkLocal.Of(ipv6.LocalIdentifier).GetAddressBytes());
        if (!ipv6.LocalAddress.IsEmpty)
        {
            row.Addresses6.Add(new InterfacePrefix6 { Address = ipv6.LocalAddress, PrefixLength = 128 });
        }
    }

    private SessionRow Row(L2tpSession session, NetworkUp network)
    {
        TunnelEnds ends = session.Tunnel.Ends;
        SessionRow row = new()
        {
            Tunnel = session.Tunnel.LocalId,
            Session = session.LocalId,
            RemoteTunnel = session.Tunnel.RemoteId,
            RemoteSession = session.RemoteId,
            Interface = session.Interface,
            Instance = ends.Instance,
            LocalAddress = ends.LocalAddress,
            RemoteAddress = ends.RemoteAddress,
            LocalPort = ends.LocalPort,
            RemotePort = ends.RemotePort,
            Protection = ends.Protection,
            PeerAddress = network.SourceValidation ? network.PeerAddress : 0,
            Sequencing = session.Call.RequiresSequencing,
            Checksum = policy().HasDataChecksums,
            TcpMss = network.TcpMss,
            CompressProtocol = network.CompressProtocol,
            CompressAddress = network.CompressAddress,
            NextSend = session.NextSend,
            NextReceive = session.NextReceive,
            IgnoreReceiveSequence = policy().IgnoresSequencing,
        };
        row.PeerNetworks.AddRange(network.Routes.Select(r => new PeerNetwork { Prefix = r.Prefix, PrefixLength = r.PrefixLength }));
        if (network.Ipv6 is { } ipv6)
        {
            row.PeerIdentifier = ipv6.PeerIdentifier;
            row.TcpMss6 = ipv6.TcpMss;
            row.PeerNetworks6.Add(ipv6.Routes.Select(r => new PeerNetwork6 { Prefix = r.Prefix, PrefixLength = r.PrefixLength }));
        }

        return row;
    }

    // Numbers that were used go round slowly, and the tables of the modules stay short.
    private uint NewInterface() =>
        _returned.Count > 64 || _next > LastInterface ? _returned.TryDequeue(out uint free) ? free : 0 : _next++;

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
