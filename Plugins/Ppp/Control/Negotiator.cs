using System.Buffers.Binary;
using RouterOS.Ppp.Control.Machines;
using RouterOS.Ppp.Wire;

namespace RouterOS.Ppp.Control;

/// <summary>One protocol that negotiates options by the automaton of RFC 1661: LCP, IPCP, IPv6CP.</summary>
internal abstract class Negotiator(PppLink link, PppProtocol protocol)
{
    // RFC 1661 section 4.6.
    private const int MaximumConfigure = 10;
    private const int MaximumTerminate = 2;
    private const int MaximumFailure = 5;

    // More rounds than this without an agreement are a loop.
    private const int MaximumRounds = 20;

    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(3);

    private IDisposable? _timer;
    private byte[] _sent = [];
    private byte _identifier;
    private int _count;
    private int _naks;
    private int _rounds;

    // A right request whose acknowledgement waits.
    private byte[]? _held;
    private byte _heldIdentifier;

    public AutomatonState State { get; private set; }

    public bool IsOpened => State == AutomatonState.Opened;

    protected PppLink Link { get; } = link;

    /// <summary>Nothing but silence came while requests were sent.</summary>
    public bool IsPeerSilent { get; private set; } = true;

    public void Open() => Step(AutomatonEvent.Open);

    public void Close()
    {
        _held = null;
        Step(AutomatonEvent.Close);
    }

    public void Up() => Step(AutomatonEvent.Up);

    public void Down()
    {
        _held = null;
        Step(AutomatonEvent.Down);
    }

    /// <summary>What an acknowledgement has waited for is there.</summary>
    public void Resume()
    {
        if (_held is { } data)
        {
            _held = null;
            Step(AutomatonEvent.RequestGood, _heldIdentifier, data, PppCode.ConfigureAck);
        }
    }

    /// <summary>The peer does not speak this protocol.</summary>
    public void Rejected() => Step(AutomatonEvent.RejectCatastrophic);

    /// <summary>Stops timers: the link is over.</summary>
    public void Dispose() => _timer?.Dispose();

    public void Receive(in PppPacket packet)
    {
        IsPeerSilent = false;
        switch ((PppCode)packet.Code)
        {
            case PppCode.ConfigureRequest:
                TakeRequest(packet);
                break;
            case PppCode.ConfigureAck when packet.Identifier == _identifier && packet.Data.SequenceEqual(_sent):
                Step(AutomatonEvent.Ack);
                break;
            case PppCode.ConfigureNak or PppCode.ConfigureReject when packet.Identifier == _identifier:
                TakeNak(packet);
                break;
            case PppCode.TerminateRequest:
                TerminatedByPeer();
                Step(AutomatonEvent.TerminateRequest, packet.Identifier);
                break;
            case PppCode.TerminateAck:
                Step(AutomatonEvent.TerminateAck);
                break;
            case PppCode.CodeReject:
                // Codes 1 to 7 every side must know.
                Step(packet.Data is [>= 1 and <= 7, ..] ? AutomatonEvent.RejectCatastrophic : AutomatonEvent.RejectPermitted);
                break;
            case PppCode.ConfigureAck or PppCode.ConfigureNak or PppCode.ConfigureReject:
                // A late answer to an older request.
                break;
            default:
                if (!TakeOther(packet))
                {
                    Reject(packet);
                }

                break;
        }
    }

    /// <summary>Takes what another party has agreed with the peer, as if it had been agreed here.</summary>
    protected void Adopt()
    {
        State = AutomatonState.Opened;
        LayerUp();
    }

    /// <summary>The options that are asked for now.</summary>
    protected abstract void WriteRequest(OptionList options);

    /// <summary>Judges an option of the peer: true where it is right as it is; otherwise adds what would be, or nothing where no value would.</summary>
    protected abstract bool Judge(byte type, ReadOnlySpan<byte> data, OptionList better, bool isLastWord);

    /// <summary>Options that the peer did not send, and without which the request will not do.</summary>
    protected virtual void AddMissing(OptionList better)
    {
    }

    /// <summary>A request of the peer's begins.</summary>
    protected virtual void BeginRequest()
    {
    }

    /// <summary>False while a right request has to wait for its acknowledgement, until <see cref="Resume"/>.</summary>
    protected virtual bool MayAcknowledge() => true;

    /// <summary>The peer wants another value of an option of ours.</summary>
    protected abstract void Suggested(byte type, ReadOnlySpan<byte> data);

    /// <summary>The peer does not know an option of ours.</summary>
    protected abstract void Refused(byte type);

    protected abstract void LayerUp();

    protected abstract void LayerDown();

    /// <summary>Negotiation is over, without or after an agreement.</summary>
    protected abstract void LayerFinished();

    protected virtual void TerminatedByPeer()
    {
    }

    /// <summary>A packet with a code above those that all protocols have; false where it is not known.</summary>
    protected virtual bool TakeOther(in PppPacket packet) => false;

    protected byte[] Frame(PppCode code, byte identifier, ReadOnlySpan<byte> data) => PppPacket.Frame(protocol, (byte)code, identifier, data);

    /// <summary>Ends negotiation because no agreement is possible.</summary>
    protected void GiveUp() => Step(AutomatonEvent.RejectCatastrophic);

    private void TakeRequest(in PppPacket packet)
    {
        if (State is AutomatonState.Initial or AutomatonState.Starting)
        {
            return;
        }

        OptionList naks = new();
        OptionList rejects = new();
        bool lastWord = _naks >= MaximumFailure;
        _held = null;
        BeginRequest();
        OptionReader reader = new(packet.Data);
        while (reader.Next())
        {
            OptionList better = new();
            if (Judge(reader.Type, reader.Data, better, lastWord))
            {
                continue;
            }

            if (better.IsEmpty || lastWord)
            {
                rejects.AddWhole(reader.Whole);
            }
            else
            {
                naks.AddWhole(better.ToArray());
            }
        }

        if (reader.Failed)
        {
            Link.Counters.Malformed++;
            return;
        }

        if (rejects.IsEmpty && !lastWord)
        {
            AddMissing(naks);
        }

        if (rejects.IsEmpty && naks.IsEmpty)
        {
            _naks = 0;
            if (MayAcknowledge())
            {
                Step(AutomatonEvent.RequestGood, packet.Identifier, packet.Data.ToArray(), PppCode.ConfigureAck);
            }
            else
            {
                (_heldIdentifier, _held) = (packet.Identifier, packet.Data.ToArray());
            }
        }
        else if (!rejects.IsEmpty)
        {
            Step(AutomatonEvent.RequestBad, packet.Identifier, rejects.ToArray(), PppCode.ConfigureReject);
        }
        else
        {
            _naks++;
            Step(AutomatonEvent.RequestBad, packet.Identifier, naks.ToArray(), PppCode.ConfigureNak);
        }
    }

    private void TakeNak(in PppPacket packet)
    {
        if (++_rounds > MaximumRounds)
        {
            GiveUp();
            return;
        }

        OptionReader reader = new(packet.Data);
        while (reader.Next())
        {
            if (packet.Code == (byte)PppCode.ConfigureNak)
            {
                Suggested(reader.Type, reader.Data);
            }
            else
            {
                Refused(reader.Type);
            }

            if (State is AutomatonState.Stopped or AutomatonState.Stopping or AutomatonState.Closed)
            {
                return;
            }
        }

        if (reader.Failed)
        {
            Link.Counters.Malformed++;
            return;
        }

        Step(AutomatonEvent.NakOrReject);
    }

    private void Reject(in PppPacket packet)
    {
        AutomatonStep step = AutomatonMachine.Next(State, AutomatonEvent.UnknownCode);
        if (step.Actions.HasFlag(AutomatonActions.SendCodeReject) && Link.MayReject())
        {
            byte[] whole = new byte[PppPacket.HeaderLength + packet.Data.Length];
            whole[0] = packet.Code;
            whole[1] = packet.Identifier;
            BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(2), (ushort)whole.Length);
            packet.Data.CopyTo(whole.AsSpan(PppPacket.HeaderLength));
            Link.Send(Frame(PppCode.CodeReject, Link.NextIdentifier(), whole.AsSpan(0, Math.Min(whole.Length, PppLink.RejectBytes))));
        }
    }

    private void Step(AutomatonEvent input, byte identifier = 0, byte[]? answer = null, PppCode answerCode = 0)
    {
        AutomatonStep step = AutomatonMachine.Next(State, input);
        AutomatonActions actions = step.Actions;
        bool wasOpened = IsOpened;
        State = step.State;
        if (actions.HasFlag(AutomatonActions.LayerDown))
        {
            LayerDown();
        }

        if (actions.HasFlag(AutomatonActions.InitializeCount))
        {
            _count = actions.HasFlag(AutomatonActions.SendTerminateRequest) ? MaximumTerminate : MaximumConfigure;
        }
        else if (wasOpened && actions.HasFlag(AutomatonActions.SendRequest))
        {
            _count = MaximumConfigure;
        }

        if (actions.HasFlag(AutomatonActions.ZeroCount))
        {
            _count = 0;
        }

        if (actions.HasFlag(AutomatonActions.SendRequest))
        {
            SendRequest();
        }

        if ((actions & (AutomatonActions.SendAck | AutomatonActions.SendNak)) != 0)
        {
            Link.Send(Frame(answerCode, identifier, answer));
        }

        if (actions.HasFlag(AutomatonActions.SendTerminateRequest))
        {
            _count--;
            Link.Send(Frame(PppCode.TerminateRequest, Link.NextIdentifier(), []));
        }

        if (actions.HasFlag(AutomatonActions.SendTerminateAck))
        {
            Link.Send(Frame(PppCode.TerminateAck, identifier, []));
        }

        Await();
        if (actions.HasFlag(AutomatonActions.LayerUp))
        {
            _rounds = 0;
            LayerUp();
        }

        if (actions.HasFlag(AutomatonActions.LayerFinished))
        {
            LayerFinished();
        }
    }

    private void SendRequest()
    {
        OptionList options = new();
        WriteRequest(options);
        _sent = options.ToArray();
        _identifier = Link.NextIdentifier();
        _count--;
        Link.Send(Frame(PppCode.ConfigureRequest, _identifier, _sent));
    }

    private void Await()
    {
        _timer?.Dispose();
        _timer = State is AutomatonState.Closing or AutomatonState.Stopping or AutomatonState.RequestSent or AutomatonState.AckReceived
            or AutomatonState.AckSent
            ? Link.Environment.After(s_restart, () => Step(_count > 0 ? AutomatonEvent.Timeout : AutomatonEvent.TimeoutFinal))
            : null;
    }
}
