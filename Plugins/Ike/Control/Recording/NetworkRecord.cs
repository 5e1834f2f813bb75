using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RouterOS.Ike.Control.Policy;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;
using NetworkState = RouterOS.Proto.Ike.V1.NetworkState;

namespace RouterOS.Ike.Control.Recording;

/// <summary>What of interfaces and routes one gateway depends on, as a message and back: pure.</summary>
internal static class NetworkRecord
{
    /// <summary>Reads it.</summary>
    public static NetworkState Read(IControlContext context, GatewayPolicy gateway, IEnumerable<VpnPolicy> vpns)
    {
        NetworkState state = new();
        foreach (string name in vpns.SelectMany(v => new[] { v.BindInterface, v.Monitor?.SourceInterface ?? string.Empty })
            .Append(gateway.ExternalInterface).Where(n => n.Length > 0).Distinct())
        {
            if (context.Interfaces.Find(name) is { } found)
            {
                state.Interfaces.Add(new NetworkState.Types.Interface
                {
                    Name = found.Name,
                    Index = found.Index,
                    LinkType = found.LinkType,
                    Port = found.Port,
                    Enabled = found.Enabled,
                    LinkUp = found.LinkUp,
                    Mtu = found.Mtu,
                    Instance = found.Instance,
                    Addresses = { found.Addresses.Concat(found.Addresses6).Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Address}/{a.PrefixLength}")) },
                });
            }
        }

        foreach (PeerAddress remote in gateway.RemoteAddresses)
        {
            if (context.Routes.Lookup(context.Interfaces.Find(gateway.ExternalInterface)?.Instance ?? 0, remote.ToIpAddress()) is { } route)
            {
                state.Routes.Add(new NetworkState.Types.Route
                {
                    Destination = remote.Number, Destination6 = remote.Bytes6, Protocol = (int)route.Protocol, Interface = route.Interface,
                });
            }
        }

        return state;
    }

    /// <summary>An interface by its name. A configuration with another external interface gets the one that there was.</summary>
    public static InterfaceState? Find(NetworkState state, string name)
    {
        NetworkState.Types.Interface? found = state.Interfaces.FirstOrDefault(i => i.Name == name)
            ?? (name.StartsWith("st0", StringComparison.Ordinal) ? null : state.Interfaces.FirstOrDefault(i => i.Addresses.Count > 0));
        if (found is null)
        {
            return null;
        }

        ILookup<bool, InterfaceAddressState> addresses = found.Addresses.Select(Address).ToLookup(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        return new InterfaceState(
            found.Index, found.Name, found.LinkType, found.Port, found.Enabled, found.LinkUp, found.Mtu, [.. addresses[false]])
        {
            Addresses6 = [.. addresses[true]],
            Instance = found.Instance,
        };
    }

    /// <summary>The route to an address.</summary>
    public static RouteState? Lookup(NetworkState state, PeerAddress destination) =>
        state.Routes.FirstOrDefault(r => PeerAddress.Of(r.Destination, r.Destination6) == destination) is { } found
            ? new RouteState(IPAddress.Any, 0, (RouteProtocol)found.Protocol, 0, true, default, found.Interface, null) : null;

    private static InterfaceAddressState Address(string text)
    {
        string[] parts = text.Split('/');
        return new(IPAddress.Parse(parts[0]), int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
