using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Radius.V1;

namespace RouterOS.Ike.Control.Access;

/// <summary>We ask the peer's user for its name and password, and give it an address (draft-beaulieu-ike-xauth-02, draft-dukes-ike-mode-cfg-02).</summary>
internal sealed class AccessServer(IkeRuntime runtime, IkeSessions sessions, IkeSa sa) : AccessDialog(runtime, sa)
{
    // Somebody may have to type: with the waits between them that is more than a minute.
    private const int QuestionAttempts = 8;
    private const int TellAttempts = 4;
    private const int LongestName = 255;

    private readonly ushort _identifier = (ushort)runtime.NewNumber(1, n => (ushort)n == 0);
    private Transaction? _current;
    private bool _judging;
    private bool _stopped;
    // What a server said of the user; null: nothing.
    private AccessReply? _given;

    public AccessServerState State { get; private set; }

    /// <summary>Why the user has no address although it has asked for one, or null.</summary>
    public IkeFailure? WithoutAddress { get; private set; }

    /// <inheritdoc/>
    public override void Begin() => Step(AccessServerEvent.Begin);

    /// <inheritdoc/>
    public override void Resume() => State = AccessServerState.Open;

    /// <inheritdoc/>
    public override void Stop()
    {
        _stopped = true;
        base.Stop();
    }

    /// <inheritdoc/>
    public override void PeerLeft()
    {
        if (State == AccessServerState.Asking)
        {
            Report(Silent());
        }
    }

    /// <inheritdoc/>
    protected override void Take(Transaction transaction, TransactionPayload payload)
    {
        switch (payload.Type)
        {
            // The message ID says what it answers: some peers leave the identifier zero.
            case TransactionType.Reply when transaction == _current && State == AccessServerState.Asking && !_judging:
                Runtime.Surface(Judge(Read(payload)));
                break;

            case TransactionType.Acknowledge when transaction == _current:
                Acknowledge();
                break;

            case TransactionType.Request when State is AccessServerState.Open or AccessServerState.Accepting or AccessServerState.Pushing:
                if (State == AccessServerState.Accepting)
                {
                    // It can only ask for settings when it has been told, however that was acknowledged.
                    Acknowledge();
                }

                transaction.Send(TransactionType.Reply, payload.Identifier, Settings(payload.Attributes));
                break;

            case TransactionType.Set when State == AccessServerState.Open:
                // Nothing of a client's own is of use here; it is told that we have read it.
                transaction.Send(TransactionType.Acknowledge, payload.Identifier, []);
                break;

            default:
                Runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    private void Acknowledge() =>
        Step(State == AccessServerState.Accepting && Policy.Pushes ? AccessServerEvent.AcknowledgedBeforePush : AccessServerEvent.Acknowledged);

    private void Step(AccessServerEvent input)
    {
        AccessServerStep step = AccessServerMachine.Next(State, input);
        Runtime.Trace.State("xauth", 0, Sa.State.Remote, State, input, step.State);
        State = step.State;
        AccessServerActions actions = step.Actions;
        if (actions != AccessServerActions.None)
        {
            _current?.Stop();
        }

        if ((actions & AccessServerActions.Ask) != 0)
        {
            _current = Ask(TransactionType.Request, _identifier,
                [.. Attribute(TransactionAttribute.XauthUser), .. Attribute(TransactionAttribute.XauthPassword)], QuestionAttempts, Silence);
        }

        if ((actions & (AccessServerActions.TellAccepted | AccessServerActions.TellRefused)) != 0)
        {
            uint status = (actions & AccessServerActions.TellAccepted) != 0 ? StatusOk : 0;
            _current = Ask(TransactionType.Set, _identifier, Attribute(TransactionAttribute.XauthStatus, status), TellAttempts, Silence);
        }

        if ((actions & AccessServerActions.Push) != 0)
        {
            _current = Ask(TransactionType.Set, _identifier, Settings(
                [TransactionAttribute.Address, TransactionAttribute.Netmask, TransactionAttribute.DnsServer, TransactionAttribute.WinsServer]),
                TellAttempts, Silence);
        }

        if ((actions & AccessServerActions.Open) != 0)
        {
            sessions.Logins.Succeeded(Sa.State.User, Sa.State.Remote);
            IkeLog.UserUp(Runtime.Context.Log, Sa.State.User, Ipv4.Text(Sa.State.Remote), Sa.Session.Policy.Name);
            Sa.Session.Opened(Sa);
        }

        if ((actions & AccessServerActions.ReportSilence) != 0)
        {
            string what = Sa.State.User.Length > 0 ? $"the news that user {Sa.State.User} is accepted" : "the question for its user's name and password";
            Report(new(FailureKind.User, 1, $"the peer does not answer {what} (XAUTH)", Policy.Source)
            {
                Aspect = FailureAspect.NoAnswer,
            });
        }

        if ((actions & AccessServerActions.Close) != 0)
        {
            Sa.Session.Denied(Sa, "its user has not logged in");
        }
    }

    private void Silence() => Step(AccessServerEvent.Unanswered);

    private static (byte[] Name, byte[] Password, bool Refused) Read(TransactionPayload answer)
    {
        byte[] name = [];
        byte[] password = [];
        bool refused = false;
        DataAttributes.Enumerator attributes = answer.Attributes.GetEnumerator();
        while (attributes.MoveNext())
        {
            switch ((TransactionAttribute)attributes.Current.Type)
            {
                case TransactionAttribute.XauthUser: name = Text(attributes.Bytes); break;
                case TransactionAttribute.XauthPassword: password = Text(attributes.Bytes); break;
                case TransactionAttribute.XauthStatus: refused = attributes.Current.Value != StatusOk; break;
                default: break;
            }
        }

        return (name, password, refused);
    }

    private async Task Judge((byte[] Name, byte[] Password, bool Refused) answer)
    {
        (byte[] name, byte[] password, bool refused) = answer;
        string user = Printable(name);
        _judging = true;
        IkeFailure? failure = refused || name.Length == 0 ? Silent() : name.Length > LongestName ? Unknown(user) : await Check(user, password);
        _judging = false;
        CryptographicOperations.ZeroMemory(password);
        if (_stopped)
        {
            // The SA has ended while servers were asked.
            return;
        }

        if (failure is null)
        {
            Sa.State.User = user;
            Step(AccessServerEvent.Approved);
            return;
        }

        Runtime.Counters.Count(IkeDrop.AuthenticationFailed);
        if (failure.Aspect != FailureAspect.NoServer)
        {
            // That no server answers is not the user's fault.
            sessions.Logins.Failed(user, Sa.State.Remote);
        }

        Report(failure);
        Step(AccessServerEvent.Disapproved);
    }

    private async Task<IkeFailure?> Check(string user, byte[] password)
    {
        if (sessions.Logins.IsBarred(user, Sa.State.Remote))
        {
            return new(FailureKind.User, 1,
                $"logins of user {user} are not looked at for {LoginAttempts.Pause.TotalSeconds:0} s: {LoginAttempts.Allowed} in a row were wrong", Policy.Source)
            {
                Aspect = FailureAspect.TooOften,
                Theirs = user,
                Ours = Policy.Profile,
            };
        }

        IkeFailure? last = null;
        foreach (UserSource source in Policy.Order)
        {
            (bool isLast, last) = source == UserSource.Radius ? await CheckByServers(user, password) : CheckByProfile(user, password);
            if (isLast)
            {
                break;
            }
        }

        return last;
    }

    // The same work whether the user is known or not, and whichever byte differs.
    private (bool IsLast, IkeFailure? Failure) CheckByProfile(string user, byte[] password)
    {
        bool known = Policy.Users.TryGetValue(user, out UserPolicy? wanted);
        bool right = CryptographicOperations.FixedTimeEquals(SHA256.HashData(wanted?.Password ?? []), SHA256.HashData(password));
        IkeFailure? failure = !known ? Unknown(user)
            : right ? null
            : new(FailureKind.User, 1, $"the password of user {user} is not the one of access profile {Policy.Profile}", wanted!.Source)
            {
                Theirs = user,
                Ours = Policy.Profile,
            };
        return (known, failure);
    }

    private async Task<(bool IsLast, IkeFailure? Failure)> CheckByServers(string user, byte[] password)
    {
        AccessReply reply;
        try
        {
            reply = await new Radius.RadiusClient(Runtime.Context.Bus.Invoker).AccessAsync(new AccessRequest
            {
                Group = Policy.RadiusGroup,
                Service = Service.Login,
                User = new Proto.Aaa.V1.AuthenticateRequest
                {
                    User = user,
                    Password = ByteString.CopyFrom(password),
                    CallingStation = Ipv4.Text(Sa.State.Remote),
                },
            });
        }
        catch (RpcException e)
        {
            reply = new AccessReply { Outcome = AccessReply.Types.Outcome.Unavailable, Reason = e.Status.Detail };
        }

        if (reply.Outcome == AccessReply.Types.Outcome.Accepted)
        {
            _given = reply;
            return (true, null);
        }

        bool unavailable = reply.Outcome == AccessReply.Types.Outcome.Unavailable;
        return (!unavailable, new(FailureKind.User, 1, $"user {user} is not let in: {reply.Reason}", Policy.Source)
        {
            Aspect = unavailable ? FailureAspect.NoServer : FailureAspect.RefusedByServer,
            Theirs = user,
            Ours = Policy.Profile,
        });
    }

    private IkeFailure Unknown(string user) => new(FailureKind.User, 1, $"user {user} is not in access profile {Policy.Profile}", Policy.Source)
    {
        Aspect = FailureAspect.Missing,
        Theirs = user,
        Ours = Policy.Profile,
    };

    private IkeFailure Silent() => new(FailureKind.User, 1, "the peer gives no user's name and password (XAUTH)", Policy.Source)
    {
        Aspect = FailureAspect.NoAnswer,
    };

    // Some peers end a text with a zero.
    private static byte[] Text(ReadOnlySpan<byte> value) => (value is [.. _, 0] ? value[..^1] : value).ToArray();

    private byte[] Settings(DataAttributes wanted)
    {
        List<TransactionAttribute> types = [];
        foreach ((ushort type, _) in wanted)
        {
            types.Add((TransactionAttribute)type);
        }

        return Settings(types);
    }

    // Of what is asked for, what we have; everything else is left out, which says that we have none.
    private byte[] Settings(List<TransactionAttribute> wanted)
    {
        PoolPolicy? pool = Policy.Pool;
        bool addressed = pool is not null && wanted.Contains(TransactionAttribute.Address) && Assign(pool);
        List<byte> reply = [];
        foreach (TransactionAttribute type in wanted.Distinct())
        {
            switch (type)
            {
                case TransactionAttribute.Address when addressed:
                    reply.AddRange(Attribute(type, Bytes.Of(Sa.State.Assigned)));
                    break;
                case TransactionAttribute.Netmask when addressed:
                    reply.AddRange(Attribute(type, Bytes.Of(~(pool!.Network.First ^ pool.Network.Last))));
                    break;
                case TransactionAttribute.DnsServer:
                    reply.AddRange(Servers(_given?.DnsServers, pool?.DnsServers).SelectMany(s => Attribute(type, Bytes.Of(s))));
                    break;
                case TransactionAttribute.WinsServer:
                    reply.AddRange(Servers(_given?.NbnsServers, pool?.WinsServers).SelectMany(s => Attribute(type, Bytes.Of(s))));
                    break;
                case TransactionAttribute.Subnet:
                    reply.AddRange(Sa.Session.Tunnels.Select(t => t.Allowed.Local).Distinct()
                        .Where(l => !l.IsVersion6 && l != AddressRange.All && ((l.First ^ l.Last) & ((l.First ^ l.Last) + 1)) == 0)
                        .SelectMany(l => Attribute(type, [.. Bytes.Of(l.First), .. Bytes.Of(~(l.First ^ l.Last))])));
                    break;
                case TransactionAttribute.ApplicationVersion:
                    reply.AddRange(Attribute(type, "RouterOS"u8));
                    break;
                default:
                    break;
            }
        }

        return [.. reply];
    }

    // What the server that knows the user says comes first.
    private static IReadOnlyList<uint> Servers(IReadOnlyList<uint>? ofUser, IReadOnlyList<uint>? ofPool) =>
        ofUser is { Count: > 0 } ? ofUser : ofPool ?? [];

    private bool Assign(PoolPolicy pool)
    {
        // 255.255.255.255: the user may choose (RFC 2865 section 5.8), who never does here.
        uint wanted = _given is { Address: not uint.MaxValue } ? _given.Address : 0;
        if (wanted != 0 && !pool.Network.Contains(new AddressRange(wanted, wanted)))
        {
            Report(WithoutAddress = new(FailureKind.AddressPool, 1,
                $"RADIUS gives user {Sa.State.User} the address {Ipv4.Text(wanted)}, which is not in the network {pool.Network} of pool {pool.Name}", pool.Source)
            {
                Theirs = Sa.State.User,
                Ours = pool.Name,
            });
            return false;
        }

        if (sessions.Pools.Assign(pool, Sa.Session, Sa.State.User, Sa.State.PeerIdentity, wanted) is not { } address)
        {
            long size = pool.Ranges.Sum(r => (long)r.Last - r.First + 1);
            Report(WithoutAddress = new(FailureKind.AddressPool, 1, wanted != 0
                ? $"the address {Ipv4.Text(wanted)}, which RADIUS gives user {Sa.State.User}, is in use"
                : $"address pool {pool.Name} has no address left for user {Sa.State.User}: {(size == 1 ? "its only one is" : $"all {size} are")} in use", pool.Source)
            {
                Theirs = Sa.State.User,
                Ours = pool.Name,
            });
            return false;
        }

        WithoutAddress = null;
        if (Sa.State.Assigned != address)
        {
            Sa.State.Assigned = address;
            sessions.Store.Write(Sa.State);
            IkeLog.AddressAssigned(Runtime.Context.Log, Ipv4.Text(address), pool.Name, Sa.State.User, Ipv4.Text(Sa.State.Remote));
        }

        return true;
    }
}
