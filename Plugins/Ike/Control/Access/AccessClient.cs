using System.Buffers.Binary;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Access;

/// <summary>The peer asks for our user's name and password, and may give us an address.</summary>
internal sealed class AccessClient(IkeRuntime runtime, IkeSessions sessions, IkeSa sa) : AccessDialog(runtime, sa)
{
    // The same answer again will not be better.
    private const int MaximumQuestions = 3;
    private const int SettingsAttempts = 4;
    private const int MaximumServers = 8;

    // A peer that sends settings unasked does so at once.
    private static readonly TimeSpan s_pushWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private Transaction? _current;
    private IDisposable? _timer;
    private int _questions;

    public AccessClientState State { get; private set; }

    /// <inheritdoc/>
    public override void Begin() => Step(AccessClientEvent.Begin);

    /// <inheritdoc/>
    public override void Resume() => State = AccessClientState.Open;

    /// <inheritdoc/>
    public override void Stop()
    {
        _timer?.Dispose();
        base.Stop();
    }

    /// <inheritdoc/>
    protected override void Take(Transaction transaction, TransactionPayload payload)
    {
        switch (payload.Type)
        {
            case TransactionType.Request:
                Answer(transaction, payload);
                break;
            case TransactionType.Set:
                Obey(transaction, payload);
                break;
            case TransactionType.Reply when transaction == _current:
                TakeSettings(payload.Attributes);
                Step(AccessClientEvent.Settled);
                break;
            default:
                Runtime.Counters.Count(IkeDrop.Unexpected);
                break;
        }
    }

    private void Step(AccessClientEvent input)
    {
        AccessClientStep step = AccessClientMachine.Next(State, input);
        Runtime.Trace.State("xauth", 0, Sa.State.Remote, State, input, step.State);
        State = step.State;
        AccessClientActions actions = step.Actions;
        if (actions != AccessClientActions.None)
        {
            _timer?.Dispose();
        }

        if ((actions & AccessClientActions.Await) != 0)
        {
            _timer = Runtime.After(s_patience, () => Step(AccessClientEvent.TimedOut));
        }

        if ((actions & AccessClientActions.AskSettings) != 0)
        {
            Sa.State.User = Policy.Client!.Name;
            _timer = Runtime.After(s_pushWait, AskSettings);
        }

        if ((actions & AccessClientActions.Open) != 0)
        {
            IkeLog.AcceptedAsUser(
                Runtime.Context.Log, Ipv4.Text(Sa.State.Remote), Sa.Session.Policy.Name, Sa.State.User,
                Sa.State.Assigned == 0 ? "none" : Ipv4.Text(Sa.State.Assigned),
                Sa.State.AssignedDns.Count == 0 ? "none" : string.Join(", ", Sa.State.AssignedDns.Select(Ipv4.Text)));
            Sa.Session.Opened(Sa);
        }

        if ((actions & AccessClientActions.ReportRefusal) != 0)
        {
            Report(new(FailureKind.User, 1, $"the peer refuses user {Policy.Client!.Name} (XAUTH)", Policy.Client.Source)
            {
                Aspect = FailureAspect.RefusedByPeer,
                Ours = Policy.Client.Name,
            });
        }

        if ((actions & AccessClientActions.ReportSilence) != 0)
        {
            Report(new(FailureKind.User, 1, _questions == 0
                ? "the peer does not ask for our user's name and password (XAUTH)"
                : $"the peer does not say whether it accepts user {Policy.Client!.Name} (XAUTH)", Policy.Client!.Source)
            {
                Aspect = FailureAspect.NoAnswer,
                Ours = Policy.Client.Name,
            });
        }

        if ((actions & AccessClientActions.Close) != 0)
        {
            Sa.Session.Denied(Sa, "our user is not logged in");
        }
    }

    private void AskSettings()
    {
        if (State == AccessClientState.AskingSettings)
        {
            _current = Ask(
                TransactionType.Request, (ushort)Runtime.NewNumber(1, _ => false),
                [
                    .. Attribute(TransactionAttribute.Address), .. Attribute(TransactionAttribute.Netmask),
                    .. Attribute(TransactionAttribute.DnsServer), .. Attribute(TransactionAttribute.WinsServer),
                ],
                SettingsAttempts, () => Step(AccessClientEvent.TimedOut));
        }
    }

    // What is asked for and we have; a kind of authentication that we do not do is refused by a failed status.
    private void Answer(Transaction transaction, TransactionPayload question)
    {
        UserPolicy user = Policy.Client!;
        List<byte> reply = [];
        bool about = false;
        bool possible = ++_questions <= MaximumQuestions;
        foreach ((ushort type, ulong value) in question.Attributes)
        {
            TransactionAttribute attribute = (TransactionAttribute)type;
            about |= attribute is TransactionAttribute.XauthUser or TransactionAttribute.XauthPassword or TransactionAttribute.XauthPasscode;
            possible &= attribute is not (TransactionAttribute.XauthChallenge or TransactionAttribute.XauthNextPin)
                && (attribute != TransactionAttribute.XauthType || value == 0);
            reply.AddRange(attribute switch
            {
                TransactionAttribute.XauthType => Attribute(attribute, (uint)0),
                TransactionAttribute.XauthUser => Attribute(attribute, System.Text.Encoding.UTF8.GetBytes(user.Name)),
                TransactionAttribute.XauthPassword or TransactionAttribute.XauthPasscode => Attribute(attribute, user.Password),
                _ => [],
            });
        }

        if (!about)
        {
            // It asks for settings of ours, of which there are none.
            transaction.Send(TransactionType.Reply, question.Identifier, []);
            return;
        }

        if (State is not (AccessClientState.AwaitingQuestion or AccessClientState.AwaitingVerdict))
        {
            Runtime.Counters.Count(IkeDrop.Unexpected);
            return;
        }

        transaction.Send(TransactionType.Reply, question.Identifier, possible ? [.. reply] : Attribute(TransactionAttribute.XauthStatus, (uint)0));
        Step(AccessClientEvent.Questioned);
    }

    private void Obey(Transaction transaction, TransactionPayload set)
    {
        ulong? status = null;
        List<byte> known = [];
        foreach ((ushort type, ulong value) in set.Attributes)
        {
            status = type == (ushort)TransactionAttribute.XauthStatus ? value : status;
            known.AddRange(Attribute((TransactionAttribute)type));
        }

        transaction.Send(TransactionType.Acknowledge, set.Identifier, [.. known]);
        if (status is { } verdict)
        {
            Step(verdict == StatusOk ? AccessClientEvent.Accepted : AccessClientEvent.Refused);
        }
        else if (State == AccessClientState.AskingSettings)
        {
            TakeSettings(set.Attributes);
            Step(AccessClientEvent.Settled);
        }
    }

    private void TakeSettings(DataAttributes settings)
    {
        DataAttributes.Enumerator attributes = settings.GetEnumerator();
        while (attributes.MoveNext())
        {
            if (attributes.Bytes.Length != 4)
            {
                continue;
            }

            uint address = BinaryPrimitives.ReadUInt32BigEndian(attributes.Bytes);
            if (attributes.Current.Type == (ushort)TransactionAttribute.Address)
            {
                Sa.State.Assigned = address;
            }
            else if (attributes.Current.Type == (ushort)TransactionAttribute.DnsServer && Sa.State.AssignedDns.Count < MaximumServers)
            {
                Sa.State.AssignedDns.Add(address);
            }
        }

        sessions.Store.Write(Sa.State);
    }
}
