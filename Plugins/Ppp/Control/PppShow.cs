using Grpc.Core;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Ppp.Control;

/// <summary>State of links for show and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class PppShow(PppRuntime runtime) : Proto.Ppp.V1.Ppp.PppBase
{
    /// <inheritdoc/>
    public override Task<ListLinksReply> ListLinks(ListLinksRequest request, ServerCallContext context)
    {
        ListLinksReply reply = new();
        reply.Links.AddRange(Meant(request.User).Select(ToMessage));
        LinkCounters counters = runtime.Counters;
        reply.Counts.Add(Count("malformed", counters.Malformed, "frames that could not be understood"));
        reply.Counts.Add(Count("protocol-rejects", counters.ProtocolRejects, "frames of protocols that are not spoken, answered by Protocol-Reject"));
        reply.Counts.Add(Count("untimely", counters.Untimely, "frames that had no place in their link's phase"));
        reply.Counts.Add(Count("suppressed", counters.Suppressed, "rejects that were not sent because there were too many"));
        reply.Counts.Add(Count("authentication-failures", counters.AuthenticationFailures, "peers that did not show who they are"));
        reply.Counts.Add(Count("negotiation-failures", counters.NegotiationFailures, "links that came to no agreement"));
        reply.Counts.Add(Count("keepalive-failures", counters.KeepaliveFailures, "links whose peer stopped answering"));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<TerminateReply> Terminate(TerminateRequest request, ServerCallContext context)
    {
        HashSet<ulong> sessions = [.. request.Sessions];
        PppLink[] meant = [.. Meant(request.User).Where(l => sessions.Count == 0 || (l.Session is { } session && sessions.Contains(session.Session)))];
        foreach (PppLink link in meant)
        {
            link.Terminate(DisconnectCause.Administrative, sessions.Count == 0 ? "an operator has ended it" : "a RADIUS server has ended it");
        }

        return Task.FromResult(new TerminateReply { Terminated = (uint)meant.Length });
    }

    /// <inheritdoc/>
    public override Task<ChangeReply> Change(ChangeRequest request, ServerCallContext context)
    {
        HashSet<ulong> sessions = [.. request.Sessions];
        PppLink[] meant = [.. Meant(string.Empty).Where(l => l.Session is { } session && sessions.Contains(session.Session))];
        foreach (PppLink link in meant.Where(_ => request.SessionTimeoutSeconds > 0))
        {
            link.Limit(request.SessionTimeoutSeconds);
        }

        return Task.FromResult(new ChangeReply { Changed = (uint)meant.Length });
    }

    private static PppCount Count(string what, ulong count, string description) => new() { What = what, Count = count, Description = description };

    private IEnumerable<PppLink> Meant(string user) =>
        runtime.Carriers.SelectMany(c => c.Links).Where(l => user.Length == 0 || l.User == user).OrderBy(l => l.Number);

    private LinkState ToMessage(PppLink link) => new()
    {
        Link = link.Number,
        Profile = link.Profile,
        User = link.User,
        Authentication = (Authentication)link.Lcp.PeerProof,
        Authenticated = link.User.Length > 0,
        Phase = link.Phase.ToString().ToLowerInvariant(),
        LocalAddress = Ipv4Number.Text(link.Ipcp.LocalAddress),
        PeerAddress = Ipv4Number.Text(link.Ipcp.PeerAddress),
        LocalMru = link.Lcp.OwnMru,
        PeerMru = link.Lcp.PeerMru,
        UpSeconds = link.IsUp ? (uint)(runtime.Now - link.Since).TotalSeconds : 0,
        VirtualRouter = link.VirtualRouter,
        Lcp = link.Lcp.State.ToString(),
        Ipcp = link.Ipcp.State.ToString(),
        Ipv6Cp = link.Ipv6cp?.State.ToString() ?? string.Empty,
        LocalAddress6 = Address6(link.Ipv6cp?.Own ?? 0),
        PeerAddress6 = Address6(link.Ipv6cp?.Peer ?? 0),
        Networks6 = { link.Ipv6cp?.Networks.Select(n => $"{new System.Net.IPAddress(n.Prefix.Span)}/{n.PrefixLength}") ?? [] },
    };

    private static string Address6(ulong identifier) => identifier == 0 ? string.Empty : LinkLocal.Of(identifier).ToString();
}
