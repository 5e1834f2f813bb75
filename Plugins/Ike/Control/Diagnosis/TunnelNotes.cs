using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>What of a tunnel is right but worth knowing: pure.</summary>
internal static class TunnelNotes
{
    private const ulong Enough = 3;
    private const ulong LostShare = 20;

    public static IEnumerable<string> Of(VpnPolicy vpn, IpsecSaPairState pair, Evidence seen)
    {
        uint ours = vpn.Proposals.Count == 0 ? pair.LifetimeSeconds : vpn.Proposals.Max(p => p.LifetimeSeconds);
        if (pair.LifetimeSeconds < ours)
        {
            yield return $"the peer wants a lifetime of {pair.LifetimeSeconds} s, we {ours} s: the shorter one holds";
        }

        if (seen.Path is { } path)
        {
            yield return $"packets of {path.Vanishing} bytes vanish on the path to the peer, those of {path.Passing} pass";
        }

        // Numbers rise by one with each packet that the peer sends.
        ulong all = seen.Inbound.Sequence;
        ulong got = seen.Inbound.Packets;
        if (all > got && all - got >= Enough && (all - got) * LostShare >= all)
        {
            yield return $"{all - got} of {all} packets that the peer sent did not arrive";
        }
    }
}
