using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>What this router itself does to keep a peer away, where the negotiation alone only sees silence: pure.</summary>
internal static class GatewayChecks
{
    private const uint Ike = 500;
    private const uint Any = 0xffff;
    private const uint Udp = 17;

    /// <summary>A better reason than silence, or null.</summary>
    /// <param name="policy">The gateway.</param>
    /// <param name="remote">The peer's address.</param>
    /// <param name="route">The route to it, or null.</param>
    /// <param name="nextHop">What is known of the station that packets to it go to first.</param>
    /// <param name="seen">What was counted.</param>
    public static IkeFailure? Find(GatewayPolicy policy, PeerAddress remote, RouteState? route, NextHop nextHop, Evidence seen)
    {
        Zone? zone = seen.HasZones ? seen.ZoneOf(policy.ExternalInterface) : null;
        if (seen.HasZones && zone is null)
        {
            return new(
                FailureKind.Zone, 1, $"external interface {policy.ExternalInterface} is in no security zone, so IKE of the peer is dropped", policy.ExternalSource)
            {
                Aspect = FailureAspect.Missing,
                Ours = policy.ExternalInterface,
                Evidence = Counted(seen.Dropped("flow/no-zone"), "packets of interfaces without a zone were dropped"),
            };
        }

        if (route is not null && route.Interface.Length > 0 && route.Interface != policy.ExternalInterface)
        {
            return new(
                FailureKind.Interface, 1,
                $"external interface does not match: {Ipv4.Text(remote)} is reached through {route.Interface}, we speak from the address of {policy.ExternalInterface}",
                policy.ExternalSource)
            {
                Theirs = route.Interface,
                Ours = policy.ExternalInterface,
            };
        }

        ZoneInterface? own = zone?.Interfaces.FirstOrDefault(i => i.Name == policy.ExternalInterface);
        if (zone is not null && !Allows(own?.HostInbound ?? zone.HostInbound))
        {
            return new(
                FailureKind.HostInbound, 1,
                $"zone {zone.Name} of {policy.ExternalInterface} does not allow ike in its host-inbound-traffic, so IKE of the peer is dropped",
                IkeIntentReader.Read(own?.HostInbound is null ? zone.Source : own.Source))
            {
                Ours = zone.Name,
                Evidence = Counted(seen.Dropped("flow/host-inbound"), "packets were not allowed by host-inbound-traffic"),
            };
        }

        return nextHop.State switch
        {
            Neighbor.Types.State.Incomplete => new(
                FailureKind.NoResponse, 1,
                $"no response from {Ipv4.Text(remote)}: {nextHop.Text} does not answer ARP on {policy.ExternalInterface}", policy.RemoteSource)
            {
                Aspect = FailureAspect.Missing,
                Evidence = [$"{nextHop.Text} does not answer ARP"],
            },
            Neighbor.Types.State.Unspecified => null,
            _ => new(
                FailureKind.Blocked, 1,
                $"no response from {Ipv4.Text(remote)} on UDP 500, though {nextHop.Text} answers ARP: UDP 500 is blocked between, or the peer does not speak IKE with this address",
                policy.RemoteSource)
            {
                Aspect = FailureAspect.Udp500,
                Evidence = [$"{nextHop.Text} answers ARP"],
            },
        };
    }

    private static bool Allows(HostInbound? inbound) => inbound is not null
        && (inbound.AllServices || inbound.Services.Any(
            s => s.Protocol == Udp && (s.FirstPort == Any || (s.FirstPort <= Ike && s.LastPort >= Ike))));

    private static string[] Counted(ulong packets, string what) => packets == 0 ? [] : [$"{packets} {what}"];
}
