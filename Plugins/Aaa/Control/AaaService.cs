using System.Globalization;
using Grpc.Core;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Aaa.Control;

/// <summary>Lets users in by what the configuration says of them, and gives them addresses.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class AaaService(LocalUsers users, AddressPools pools, TimeProvider time, Action<string, string> log, RadiusSide? radius = null,
    Action<string>? admitted = null) : Proto.Aaa.V1.Aaa.AaaBase
{
    private static readonly AuthenticateRequest s_nothing = new();

    private readonly Dictionary<ulong, AaaUser> _sessions = [];
    private readonly HashSet<(string VirtualRouter, uint Address)> _addresses = [];
    private readonly string _life = time.GetUtcNow().ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture);
    private readonly Dictionary<string, int> _sessionsOfUser = new(StringComparer.Ordinal);
    private AaaIntent _intent = new();
    private RadiusIntent _servers = new();
    private ulong _nextSession;
    private ulong _accepted;
    private ulong _rejected;
    private ulong _refused;

    public int Sessions => _sessions.Count;

    public IEnumerable<AaaUser> All => _sessions.Values;

    public void Apply(AaaIntent intent, RadiusIntent? servers = null)
    {
        _intent = intent;
        _servers = servers ?? new();
        users.Apply(intent.Users);
        pools.Apply(intent.Pools);
    }

    /// <inheritdoc/>
    public override Task<AuthenticateReply> Authenticate(AuthenticateRequest request, ServerCallContext context) => Judge(request);

    /// <inheritdoc/>
    public override Task<AccountReply> Account(AccountRequest request, ServerCallContext context)
    {
        if (_intent.RadiusAccounting && radius is not null && _sessions.TryGetValue(request.Session, out AaaUser? accounted))
        {
            radius.Account(accounted, request);
        }

        if (request.Kind == AccountRequest.Types.Kind.Stop && _sessions.Remove(request.Session, out AaaUser? session))
        {
            _ = _addresses.Remove((session.VirtualRouter, session.Address));
            pools.Return(session.Address, session.Pool, session.VirtualRouter);
            int left = _sessionsOfUser[session.Name] - 1;
            if (left == 0)
            {
                _ = _sessionsOfUser.Remove(session.Name);
            }
            else
            {
                _sessionsOfUser[session.Name] = left;
            }
        }

        return Task.FromResult(new AccountReply());
    }

    /// <inheritdoc/>
    public override Task<ListPoolsReply> ListPools(ListPoolsRequest request, ServerCallContext context)
    {
        ListPoolsReply reply = new();
        reply.Pools.AddRange(pools.All.Where(p => request.Name.Length == 0 || p.Name == request.Name).Select(p => new PoolState
        {
            Name = p.Name,
            VirtualRouter = p.Pool.VirtualRouter,
            Addresses = p.Addresses.Size,
            InUse = p.Addresses.InUse,
            Ranges = { p.Addresses.Ranges.Select(r => new PoolRange { First = r.First, Last = r.Last, InUse = (uint)r.InUse }) },
        }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListUsersReply> ListUsers(ListUsersRequest request, ServerCallContext context)
    {
        DateTimeOffset now = time.GetUtcNow();
        ListUsersReply reply = new() { Accepted = _accepted, Rejected = _rejected, Refused = _refused };
        reply.Sessions.AddRange(_sessions.Values.OrderBy(s => s.Session).Select(s => new UserSession
        {
            Session = s.Session,
            User = s.Name,
            Address = s.Address,
            VirtualRouter = s.VirtualRouter,
            Pool = s.Pool,
            Seconds = (uint)(now - s.Since).TotalSeconds,
            CallingStation = s.CallingStation,
        }));
        return Task.FromResult(reply);
    }

    private async Task<AuthenticateReply> Judge(AuthenticateRequest request)
    {
        string label = _life + (++_nextSession).ToString("x8", CultureInfo.InvariantCulture);
        ulong number = _nextSession;
        string reason = "no server can be asked";
        DomainMap domain = DomainMaps.Of(_intent.Domains, request.User);
        string askedIn = domain.AuthenticationRouter.Length > 0 ? domain.AuthenticationRouter
            : domain.VirtualRouter.Length > 0 ? domain.VirtualRouter : request.VirtualRouter;
        IEnumerable<Method> methods = _intent.PppMethods.Count > 0 ? _intent.PppMethods : [Method.Local];
        foreach (Method method in methods)
        {
            switch (method)
            {
                case Method.None:
                    return Admit(request, new User { Name = request.User }, [], number, label, null);
                case Method.Local:
                    return JudgeLocal(request, number, label);
                case Method.Radius when radius is not null:
                    AccessReply answer = await radius.Ask(request, label, GroupIn(askedIn, g => g.AuthenticationServers.Count > 0));
                    if (answer.Outcome == AccessReply.Types.Outcome.Accepted)
                    {
                        return Admit(request, RadiusSide.UserOf(request, answer), answer.Message.ToByteArray(), number, label, answer);
                    }

                    reason = answer.Reason;
                    if (answer.Outcome != AccessReply.Types.Outcome.Unavailable)
                    {
                        AuthenticateReply no = Refuse(request, AuthenticateReply.Types.Outcome.Rejected, reason);
                        no.Message = answer.Message;
                        return no;
                    }

                    // The next method is tried when no server answers.
                    break;
                default:
                    break;
            }
        }

        return Refuse(request, AuthenticateReply.Types.Outcome.Unavailable, reason);
    }

    private AuthenticateReply JudgeLocal(AuthenticateRequest request, ulong number, string label)
    {
        if (request.ProofCase is AuthenticateRequest.ProofOneofCase.None_ or AuthenticateRequest.ProofOneofCase.None)
        {
            return Refuse(request, AuthenticateReply.Types.Outcome.Rejected, "nothing was asked of the user");
        }

        User? user = users.Find(request.User);
        if (user is null)
        {
            return Refuse(request, AuthenticateReply.Types.Outcome.Rejected, "there is no user of that name");
        }

        return users.IsRight(request, user, out byte[] message)
            ? Admit(request, user, message, number, label, null)
            : Refuse(request, AuthenticateReply.Types.Outcome.Rejected, "the password is wrong");
    }

    private AuthenticateReply Admit(AuthenticateRequest request, User user, byte[] message, ulong session, string label, AccessReply? byServer)
    {
        if (user.MaxSessions > 0 && _sessionsOfUser.GetValueOrDefault(user.Name) >= user.MaxSessions)
        {
            return Refuse(request, AuthenticateReply.Types.Outcome.Refused,
                string.Create(CultureInfo.InvariantCulture, $"the user has its {user.MaxSessions} sessions"));
        }

        DomainMap domain = DomainMaps.Of(_intent.Domains, request.User);
        string virtualRouter = user.VirtualRouter.Length > 0 ? user.VirtualRouter
            : domain.VirtualRouter.Length > 0 ? domain.VirtualRouter : request.VirtualRouter;
        string poolName = user.Pool.Length > 0 ? user.Pool
            : domain.Pool.Length > 0 ? domain.Pool
            : request.Pool.Length > 0 ? request.Pool : _intent.DefaultPool;
        uint address = Ipv4Number.Parse(user.Address) ?? 0;
        if (address != 0)
        {
            if (!_addresses.Add((virtualRouter, address)))
            {
                return Refuse(request, AuthenticateReply.Types.Outcome.Refused, $"the user's address {user.Address} is in use");
            }

            poolName = string.Empty;
        }
        else
        {
            PoolUse? pool = pools.Find(poolName, virtualRouter);
            address = pool?.Addresses.Take(isTaken: taken => _addresses.Contains((virtualRouter, taken))) ?? 0;
            if (address == 0)
            {
                return Refuse(request, AuthenticateReply.Types.Outcome.Refused,
                    pool is null ? $"there is no address pool {poolName}".TrimEnd() : $"address pool {pool.Name} has no address left");
            }

            poolName = pool!.Name;
            _ = _addresses.Add((virtualRouter, address));
        }

        _accepted++;
        admitted?.Invoke(request.User);
        _sessions[session] = new(session, user.Name, address, poolName, virtualRouter, request.CallingStation, time.GetUtcNow())
        {
            Request = Kept(request),
            ByServer = byServer,
            Label = label,
            AccountingGroup = GroupIn(
                domain.AuthenticationRouter.Length > 0 ? domain.AuthenticationRouter : virtualRouter, g => g.AccountingServers.Count > 0),
        };
        _sessionsOfUser[user.Name] = _sessionsOfUser.GetValueOrDefault(user.Name) + 1;
        AuthenticateReply reply = new()
        {
            Outcome = AuthenticateReply.Types.Outcome.Accepted,
            Session = session,
            Address = address,
            Message = Google.Protobuf.ByteString.CopyFrom(message),
            VirtualRouter = virtualRouter,
            LocalInterface = domain.LocalInterface,
            SessionTimeoutSeconds = byServer?.SessionTimeoutSeconds ?? 0,
            IdleTimeoutSeconds = byServer?.IdleTimeoutSeconds ?? 0,
            InterimSeconds = byServer?.InterimSeconds ?? 0,
            Ipv6 = byServer?.Ipv6,
        };
        reply.DnsServers.AddRange((user.DnsServers.Count > 0 ? user.DnsServers : _intent.DnsServers).Select(a => Ipv4Number.Parse(a) ?? 0));
        reply.NbnsServers.AddRange((user.NbnsServers.Count > 0 ? user.NbnsServers : _intent.NbnsServers).Select(a => Ipv4Number.Parse(a) ?? 0));
        reply.Routes.AddRange(user.Routes.Select(FramedRoutes.Of).OfType<FramedRoute>());
        return reply;
    }

    // Of what a user came with, accounting tells where from; nobody needs the proof any more.
    private AuthenticateRequest Kept(AuthenticateRequest request)
    {
        if (!_intent.RadiusAccounting)
        {
            return s_nothing;
        }

        request.ClearProof();
        return request;
    }

    // The virtual router's own servers, or else those of the default one, whose group has no name.
    private string GroupIn(string virtualRouter, Func<ServerGroup, bool> serves) =>
        _servers.Groups.FirstOrDefault(g => g.VirtualRouter == virtualRouter && serves(g))?.Name ?? string.Empty;

    private AuthenticateReply Refuse(AuthenticateRequest request, AuthenticateReply.Types.Outcome outcome, string reason)
    {
        _ = outcome == AuthenticateReply.Types.Outcome.Rejected ? _rejected++ : _refused++;
        log(request.User, reason);
        return new AuthenticateReply { Outcome = outcome, Reason = reason };
    }
}
