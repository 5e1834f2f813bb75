using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec tunnel-events-statistics</c>.</summary>
internal static class TunnelEventLayout
{
    private const int Width = 74;

    /// <summary>What has happened at least once.</summary>
    public static string Text(ListTunnelEventsReply events)
    {
        Lines lines = new();
        Add("IKE SA negotiation successfully completed", events.Phase1Up);
        Add("IPSec SA negotiation successfully completed", events.Phase2Up);
        Add("User cleared IKE SA from CLI", events.Phase1Cleared);
        Add("User cleared IPSec SA from CLI", events.Phase2Cleared);
        foreach (FailureCount failure in events.Failures.OrderBy(failure => failure.Kind))
        {
            Add(Words(failure.Kind), failure.Count);
        }

        return lines.ToString();

        void Add(string text, ulong count)
        {
            if (count > 0)
            {
                lines.Add($"{text.PadRight(Width)}: {count}");
            }
        }
    }

    private static string Words(Failure.Types.Kind kind) => kind switch
    {
        Failure.Types.Kind.NoResponse => "No response from peer. Negotiation failed",
        Failure.Types.Kind.PeerDead => "DPD detected peer as down. Existing IKE/IPSec SAs cleared",
        Failure.Types.Kind.PeerDeleted => "IPSec SA delete payload received from peer, corresponding IPSec SAs cleared",
        Failure.Types.Kind.Proposal => "Negotiation failed: no proposal chosen",
        Failure.Types.Kind.Key => "Negotiation failed: authentication failed",
        Failure.Types.Kind.Identity => "Negotiation failed: identities differ",
        Failure.Types.Kind.ProxyIdentity => "Negotiation failed: proxy identities differ",
        Failure.Types.Kind.Pfs => "Negotiation failed: perfect forward secrecy differs",
        Failure.Types.Kind.NoRoute => "Negotiation failed: no route to the peer",
        _ => $"Negotiation failed: {string.Concat(kind.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"))}",
    };
}
