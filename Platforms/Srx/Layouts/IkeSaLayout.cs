using System.Globalization;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ike security-associations</c>.</summary>
internal static class IkeSaLayout
{
    /// <summary>One line an SA, in the order of columns of releases 8.5 to 10.x.</summary>
    public static string Brief(IEnumerable<Phase1Sa> sas)
    {
        Lines lines = new();
        lines.Row(
            (0, "Index"), (8, "Remote Address"), (24, "State"), (31, "Initiator cookie"), (49, "Responder cookie"), (67, "Mode"));
        foreach (Phase1Sa sa in sas)
        {
            lines.Row(
                (0, sa.Index.ToString(CultureInfo.InvariantCulture)),
                (8, sa.RemoteAddress),
                (24, State(sa)),
                (31, Cookie(sa.InitiatorCookie)),
                (49, Cookie(sa.ResponderCookie)),
                (67, ModeOf(sa)));
        }

        return lines.ToString();
    }

    /// <summary>All that is known of each SA, and for every peer that is down why.</summary>
    /// <param name="sas">The SAs.</param>
    /// <param name="failures">Last failures of peers and tunnels that are down.</param>
    public static string Detail(IReadOnlyList<Phase1Sa> sas, IReadOnlyList<Failure> failures)
    {
        Lines lines = new();
        HashSet<Failure> told = [];
        bool first = true;
        foreach (Phase1Sa sa in sas)
        {
            Separate(lines, ref first);
            Sa(lines, sa);
            foreach (Failure failure in failures.Where(f => f.Gateway == sa.Gateway && f.Gateway.Length > 0 && told.Add(f)))
            {
                FailureLayout.Add(lines, failure, "  ");
            }
        }

        foreach (Failure failure in failures.Where(f => !told.Contains(f)))
        {
            Separate(lines, ref first);
            lines.Add($"IKE peer {failure.RemoteAddress}{(failure.Gateway.Length > 0 ? ", Gateway Name: " + failure.Gateway : string.Empty)}");
            lines.Add("  State: DOWN");
            FailureLayout.Add(lines, failure, "  ");
        }

        return lines.ToString();
    }

    private static void Separate(Lines lines, ref bool first)
    {
        if (!first)
        {
            lines.Add();
        }

        first = false;
    }

    private static void Sa(Lines lines, Phase1Sa sa)
    {
        lines.Add($"IKE peer {sa.RemoteAddress}, Index {sa.Index},");
        lines.Add($"  Role: {(sa.Initiator ? "Initiator" : "Responder")}, State: {State(sa)}");
        lines.Add($"  Initiator cookie: {Cookie(sa.InitiatorCookie)}, Responder cookie: {Cookie(sa.ResponderCookie)}");
        lines.Add($"  Exchange type: {ModeOf(sa)}, Authentication method: Pre-shared-keys");
        lines.Add($"  Local: {sa.LocalAddress}:{sa.LocalPort}, Remote: {sa.RemoteAddress}:{sa.RemotePort}");
        if (!sa.Up)
        {
            lines.Add($"  Negotiation: {sa.State}");
        }
        else
        {
            lines.Add($"  Lifetime: Expires in {sa.LifetimeRemainingSeconds} seconds");
            lines.Add($"  Peer ike-id: {sa.PeerIdentity}");
            if (sa.User.Length > 0)
            {
                lines.Add($"  Xauth user-name: {sa.User}");
            }

            lines.Add($"  Xauth assigned IP: {(sa.AssignedAddress.Length > 0 ? sa.AssignedAddress : "0.0.0.0")}");
        }

        if (sa.Proposal is { } proposal)
        {
            lines.Add("  Algorithms:");
            lines.Add($"   Authentication        : {AlgorithmNames.Authentication(proposal.Hash)}");
            lines.Add($"   Encryption            : {AlgorithmNames.Phase1Encryption(proposal)}");
            lines.Add($"   Pseudo random function: {AlgorithmNames.PseudoRandom(proposal.Hash)}");
            lines.Add($"   Diffie-Hellman group  : DH-group-{proposal.DhGroup}");
        }

        lines.Add("  Traffic statistics:");
        lines.Add(Lines.Number("   Input  bytes  :", sa.InputBytes, 39));
        lines.Add(Lines.Number("   Output bytes  :", sa.OutputBytes, 39));
        lines.Add(Lines.Number("   Input  packets:", sa.InputPackets, 39));
        lines.Add(Lines.Number("   Output packets:", sa.OutputPackets, 39));
        lines.Add(sa.Up ? "  Flags: IKE SA is created" : "  Flags: IKE SA is not created");
        lines.Add($"  IPSec security associations: {sa.Phase2Created} created, {sa.Phase2Deleted} deleted");
        lines.Add($"  Phase 2 negotiations in progress: {sa.Phase2InProgress}");
    }

    private static string State(Phase1Sa sa) => sa.Up ? "UP" : "DOWN";

    private static string ModeOf(Phase1Sa sa) => sa.Mode == Mode.Aggressive ? "Aggressive" : "Main";

    private static string Cookie(ulong cookie) => cookie.ToString("x16", CultureInfo.InvariantCulture);
}
