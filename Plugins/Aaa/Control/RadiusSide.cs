using Grpc.Core;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Aaa.Control;

/// <summary>RADIUS as AAA sees it: users asked of it, sessions told to it, and its servers' requests to end sessions.</summary>
/// <remarks>On the plugin's strand. What others say stays in the services that they offer; this only translates.</remarks>
internal sealed class RadiusSide(CallInvoker bus)
{
    // RFC 2866 section 5.10.
    private const uint UserRequest = 1;
    private const uint LostCarrier = 2;
    private const uint AdminReset = 6;
    private const uint NasError = 9;

    // RFC 5176 section 3.5.
    private const uint UnsupportedAttribute = 401;
    private const uint SessionNotFound = 503;

    private readonly Proto.Radius.V1.Radius.RadiusClient _radius = new(bus);
    private readonly Ppp.PppClient _ppp = new(bus);

    /// <summary>Asks a group of servers.</summary>
    public async Task<AccessReply> Ask(AuthenticateRequest request, string label, string group)
    {
        try
        {
            return await _radius.AccessAsync(new AccessRequest { User = request, Session = label, Group = group });
        }
        catch (RpcException e)
        {
            return new AccessReply { Outcome = AccessReply.Types.Outcome.Unavailable, Reason = $"RADIUS does not answer: {e.Status.StatusCode}" };
        }
    }

    /// <summary>What a server says of a user, in the form of a user of the configuration.</summary>
    public static User UserOf(AuthenticateRequest request, AccessReply answer)
    {
        User user = new() { Name = request.User, Pool = answer.Pool, VirtualRouter = answer.VirtualRouter };
        // All ones: the user chooses (RFC 2865 section 5.8).
        user.Address = answer.Address switch
        {
            0 => string.Empty,
            uint.MaxValue => request.WantedAddress == 0 ? string.Empty : Ipv4Number.Text(request.WantedAddress),
            _ => Ipv4Number.Text(answer.Address),
        };
        user.DnsServers.Add(answer.DnsServers.Select(Ipv4Number.Text));
        user.NbnsServers.Add(answer.NbnsServers.Select(Ipv4Number.Text));
        user.Routes.Add(answer.Routes.Select(r => $"{Ipv4Number.Text(r.Prefix)}/{r.PrefixLength}"));
        return user;
    }

    /// <summary>Tells servers of a session. A session that ends before it has begun was none.</summary>
    public void Account(AaaUser session, AccountRequest usage)
    {
        if (usage.Kind == AccountRequest.Types.Kind.Start)
        {
            session.IsAnnounced = true;
        }

        if (session.IsAnnounced)
        {
            _ = Tell(session, usage);
        }
    }

    /// <summary>Ends sessions that servers want ended, until cancelled.</summary>
    public async Task Watch(Func<IEnumerable<AaaUser>> sessions, CancellationToken cancellation)
    {
        try
        {
            using AsyncServerStreamingCall<SessionChange> changes = _radius.WatchChanges(new WatchChangesRequest(), cancellationToken: cancellation);
            while (await changes.ResponseStream.MoveNext(cancellation))
            {
                SessionChange change = changes.ResponseStream.Current;
                uint cause = change.Disconnect ? await End(change, sessions()) : await Change(change, sessions());
                _ = await _radius.AnswerChangeAsync(new ChangeAnswer { Number = change.Number, ErrorCause = cause }, cancellationToken: cancellation);
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // Without RADIUS nobody asks; AAA goes on.
        }
    }

    /// <summary>Why a session has ended, in RADIUS's words for PPP's causes (RFC 3145 section 3).</summary>
    public static uint TerminateCause(uint pppCause) => pppCause switch
    {
        1 => AdminReset,
        3 => UserRequest,
        6 or 8 => LostCarrier,
        0 => 0,
        _ => NasError,
    };

    /// <summary>True when all that a server says of a session is so.</summary>
    public static bool IsMeant(SessionChange change, AaaUser session) =>
        (change.Session.Length == 0 || change.Session == session.Label)
        && (change.User.Length == 0 || change.User == session.Name)
        && (change.Address == 0 || change.Address == session.Address)
        && (change.CallingStation.Length == 0 || change.CallingStation == session.CallingStation);

    private async Task<uint> End(SessionChange change, IEnumerable<AaaUser> sessions)
    {
        TerminateRequest request = new();
        request.Sessions.Add(sessions.Where(s => IsMeant(change, s)).Select(s => s.Session));
        if (request.Sessions.Count == 0)
        {
            return SessionNotFound;
        }

        try
        {
            TerminateReply reply = await _ppp.TerminateAsync(request);
            return reply.Terminated > 0 ? 0 : SessionNotFound;
        }
        catch (RpcException)
        {
            return SessionNotFound;
        }
    }

    // What can be changed of a session is how long it may last.
    private async Task<uint> Change(SessionChange change, IEnumerable<AaaUser> sessions)
    {
        if (change.IdleTimeoutSeconds > 0 || change.SessionTimeoutSeconds == 0)
        {
            return UnsupportedAttribute;
        }

        ChangeRequest request = new() { SessionTimeoutSeconds = change.SessionTimeoutSeconds };
        request.Sessions.Add(sessions.Where(s => IsMeant(change, s)).Select(s => s.Session));
        try
        {
            return request.Sessions.Count > 0 && (await _ppp.ChangeAsync(request)).Changed > 0 ? 0 : SessionNotFound;
        }
        catch (RpcException)
        {
            return SessionNotFound;
        }
    }

    private async Task Tell(AaaUser session, AccountRequest usage)
    {
        AccountingRequest request = new()
        {
            Group = session.AccountingGroup,
            Usage = usage,
            User = session.Name,
            Session = session.Label,
            CallingStation = session.Request.CallingStation,
            CalledStation = session.Request.CalledStation,
            Origin = session.Request.Origin,
            IsLocalUser = session.ByServer is null,
            TerminateCause = TerminateCause(usage.Cause),
        };
        request.Classes.Add(session.ByServer?.Classes ?? []);
        try
        {
            _ = await _radius.AccountAsync(request);
        }
        catch (RpcException)
        {
            // RADIUS logs what its servers did not take; without RADIUS there is nobody to tell.
        }
    }
}
