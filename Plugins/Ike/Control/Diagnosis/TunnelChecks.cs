using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Why a tunnel that is up passes nothing, from what was counted: pure.</summary>
internal static class TunnelChecks
{
    // Fewer packets than this may all be under way.
    private const ulong Enough = 3;

    private const string NoNatTraversal = "no-nat-traversal";

    // A replayed packet in a hundred is more than a path that reorders now and then.
    private const ulong ReplayedShare = 100;

    /// <summary>What is wrong, or null.</summary>
    /// <param name="vpn">The tunnel.</param>
    /// <param name="gateway">Its peer.</param>
    /// <param name="pair">The pair of SAs in use.</param>
    /// <param name="phase1">The phase 1 SA in use, or null.</param>
    /// <param name="seen">What was counted.</param>
    public static IkeFailure? Find(VpnPolicy vpn, GatewayPolicy gateway, IpsecSaPairState pair, IkeSaState? phase1, Evidence seen)
    {
        Zone? zone = seen.HasZones && vpn.BindInterface.Length > 0 ? seen.ZoneOf(vpn.BindInterface) : null;
        if (seen.HasZones && vpn.BindInterface.Length > 0 && zone is null)
        {
            return new(
                FailureKind.Zone, 2, $"{vpn.BindInterface} is in no security zone, so nothing passes between the tunnel and the hosts", vpn.Source)
            {
                Aspect = FailureAspect.Missing,
                Ours = vpn.BindInterface,
                Evidence = Counted(seen.Dropped("flow/no-zone"), "packets of interfaces without a zone were dropped"),
            };
        }

        if (vpn.BindInterface.Length > 0 && !seen.HasRoute && seen.Outbound.Packets == 0)
        {
            return new(FailureKind.Route, 2, $"no route leads into {vpn.BindInterface}, so nothing is sent through the tunnel", vpn.Source)
            {
                Aspect = FailureAspect.Missing,
                Ours = vpn.BindInterface,
                Evidence = Counted(seen.Dropped("ip4/no-route"), "packets had no route"),
            };
        }

        return Integrity(gateway, seen) ?? (zone is null ? null : PolicyChecks.Find(zone, vpn, seen)) ?? PathMtu(vpn, pair, seen)
            ?? Direction(vpn, gateway, pair, phase1, seen) ?? Replay(vpn, gateway, pair, seen);
    }

    private static IkeFailure? Integrity(GatewayPolicy gateway, Evidence seen)
    {
        ulong failed = seen.Inbound.AuthenticationFailed;
        return failed < Enough || failed <= seen.Inbound.Packets ? null : new(
            FailureKind.Integrity, 2,
            $"{failed} packets of the peer failed their integrity check and {seen.Inbound.Packets} passed: something on the way changes them, or the peer seals them otherwise than agreed",
            gateway.RemoteSource)
        {
            Evidence = Counted(failed, "packets failed the integrity check"),
        };
    }

    private static IkeFailure? Direction(VpnPolicy vpn, GatewayPolicy gateway, IpsecSaPairState pair, IkeSaState? phase1, Evidence seen)
    {
        string protocol = pair.IsCarriedByAh() ? "AH" : "ESP";
        (ulong sent, ulong got) = (seen.Outbound.Packets, seen.Inbound.Packets);
        string[] counters = [$"{sent} packets out", $"{got} packets in"];
        if (got == 0 && !pair.IsInsideUdp && phase1 is { RemotePort: not PeerEndpoints.Port })
        {
            return new(
                FailureKind.Nat, 2,
                $"a NAT is between (the peer's port is {phase1.RemotePort}) and no {protocol} passes it, and NAT traversal was not agreed: "
                + (gateway.NatTraversal ? "the peer does not offer it" : "no-nat-traversal is set here"),
                gateway.NatTraversal ? gateway.RemoteSource : gateway.Source)
            {
                Ours = gateway.NatTraversal ? string.Empty : NoNatTraversal,
                Evidence = counters,
            };
        }

        if (sent >= Enough && got == 0)
        {
            ulong strange = seen.Dropped("esp/unknown-spi");
            if (strange >= Enough)
            {
                return new(
                    FailureKind.UnknownSpi, 2, $"{strange} {protocol} packets came with an SPI that we do not have, and none with ours: the peer sends on SAs of old",
                    gateway.RemoteSource)
                {
                    Evidence = [.. counters, $"{strange} packets with an unknown SPI"],
                };
            }

            if (!gateway.NatTraversal)
            {
                return new(
                    FailureKind.Nat, 2,
                    $"{sent} packets went out and none came back: {protocol} is blocked between, as by a NAT, which {NoNatTraversal} keeps from being found", gateway.Source)
                {
                    Ours = NoNatTraversal,
                    Evidence = counters,
                };
            }

            string carrier = pair.IsInsideUdp ? "ESP inside UDP 4500" : pair.IsCarriedByAh() ? "AH (IP protocol 51)" : "ESP (IP protocol 50)";
            return new(
                FailureKind.Blocked, 2,
                $"{sent} packets went out and none came back: {carrier} is blocked between, or the peer drops what it opens (its policy or its routes)",
                gateway.RemoteSource)
            {
                Aspect = pair.IsInsideUdp ? FailureAspect.Udp4500 : pair.IsCarriedByAh() ? FailureAspect.Ah : FailureAspect.Esp,
                Evidence = counters,
            };
        }

        if (got < Enough || sent != 0)
        {
            return null;
        }

        ulong lost = seen.Interface.NoRoute;
        return lost > 0
            ? new(FailureKind.Route, 2, $"{lost} packets out of the tunnel had no route to their destination", vpn.Source)
            {
                Evidence = counters,
            }
            : new(
                FailureKind.OneWay, 2,
                $"{got} packets came out of the tunnel and nothing went back: the hosts do not answer, or their route does not lead here", vpn.Source)
            {
                Evidence = counters,
            };
    }

    private static IkeFailure? PathMtu(VpnPolicy vpn, IpsecSaPairState pair, Evidence seen)
    {
        bool isKnown = seen.Protection.PathMtu != 0 && seen.Protection.PathMtu <= seen.Path?.Passing;
        if (seen.Path is { } path && vpn.DontFragment != DontFragment.Clear && !isKnown)
        {
            return new(
                FailureKind.Mtu, 2,
                $"packets of {path.Vanishing} bytes to {Ipv4.Text(pair.Remote)} vanish without a word where those of {path.Passing} pass, and df-bit {vpn.DontFragment.ToString().ToLowerInvariant()} keeps ours from being cut on the way",
                vpn.Source)
            {
                Theirs = $"{path.Passing}",
                Ours = $"df-bit {vpn.DontFragment.ToString().ToLowerInvariant()}",
                Evidence = [$"{path.Passing} bytes pass", $"{path.Vanishing} bytes vanish"],
            };
        }

        ulong tooBig = seen.Dropped("esp/too-big");
        return tooBig < Enough ? null : new(
            FailureKind.Mtu, 2, $"{tooBig} packets were too big for the path ({(seen.Protection.PathMtu == 0 ? "its link" : $"{seen.Protection.PathMtu} bytes")}) and may not be cut",
            vpn.Source)
        {
            Evidence = Counted(tooBig, "packets too big for the path"),
        };
    }

    private static IkeFailure? Replay(VpnPolicy vpn, GatewayPolicy gateway, IpsecSaPairState pair, Evidence seen)
    {
        ulong replayed = seen.Inbound.Replayed;
        return replayed < Enough || replayed * ReplayedShare < seen.Inbound.Packets ? null : new(
            FailureKind.Replay, 2,
            $"{replayed} of {seen.Inbound.Packets + replayed} packets of {Ipv4.Text(pair.Remote)} came twice, or later than the replay window of {pair.ReplayWindow} packets allows",
            vpn.Source)
        {
            Ours = $"{pair.ReplayWindow}",
            Evidence = Counted(replayed, $"packets replayed, gateway {gateway.Name}"),
        };
    }

    private static string[] Counted(ulong packets, string what) => packets == 0 ? [] : [$"{packets} {what}"];
}
