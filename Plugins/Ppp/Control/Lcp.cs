using System.Buffers.Binary;
using RouterOS.Ppp.Wire;

namespace RouterOS.Ppp.Control;

/// <summary>The link control protocol, RFC 1661: MRU, authentication, magic numbers, echo.</summary>
internal sealed class Lcp(PppLink link, LinkSettings settings) : Negotiator(link, PppProtocol.Lcp)
{
    // RFC 1661 section 6.1: every side must take this much, whatever was agreed.
    private const ushort DefaultMru = 1500;
    private const ushort SmallestMru = 128;
    private const int MostLoops = 5;

    private readonly List<AuthenticationMethod> _offers = [.. settings.Authentication];
    private bool _asksForMru = settings.Mru != DefaultMru;
    private bool _asksForMagic = true;
    private ushort _ownMru = settings.Mru;
    private ushort _peerMruRequested;
    private AuthenticationMethod _ownProofRequested;
    private uint _peerMagic;
    private bool _compressesProtocolRequested;
    private bool _compressesAddressRequested;
    private int _loops;

    /// <summary>Largest frame that the peer may send.</summary>
    public ushort OwnMru => _asksForMru ? _ownMru : DefaultMru;

    /// <summary>Largest frame that may be sent to the peer.</summary>
    public ushort PeerMru { get; private set; } = DefaultMru;

    /// <summary>How the peer is authenticated.</summary>
    public AuthenticationMethod PeerProof => _offers.Count > 0 ? _offers[0] : AuthenticationMethod.None;

    /// <summary>How the peer wants to be shown who this side is.</summary>
    public AuthenticationMethod OwnProof { get; private set; }

    public uint Magic { get; private set; }

    /// <summary>The peer takes protocol numbers of one byte.</summary>
    public bool CompressesProtocol { get; private set; }

    /// <summary>The peer takes frames without address and control.</summary>
    public bool CompressesAddress { get; private set; }

    /// <summary>Why there is no agreement; None for no reason of its own.</summary>
    public DisconnectCause Cause { get; private set; }

    public bool CallbackWasRefused { get; private set; }

    /// <summary>Takes what a LAC has agreed with the peer; false when it is not what is wanted here, so that LCP must start anew.</summary>
    public bool TryAdopt(ReadOnlySpan<byte> lastSent, ReadOnlySpan<byte> lastReceived)
    {
        AuthenticationMethod asked = AuthenticationMethod.None;
        ushort mru = DefaultMru;
        uint magic = 0;
        OptionReader sent = new(lastSent);
        while (sent.Next())
        {
            switch ((LcpOption)sent.Type)
            {
                case LcpOption.AuthenticationProtocol:
                    asked = AuthenticationOption.Read(sent.Data);
                    break;
                case LcpOption.MaximumReceiveUnit when sent.Data.Length == 2:
                    mru = BinaryPrimitives.ReadUInt16BigEndian(sent.Data);
                    break;
                case LcpOption.MagicNumber when sent.Data.Length == 4:
                    magic = BinaryPrimitives.ReadUInt32BigEndian(sent.Data);
                    break;
                default:
                    break;
            }
        }

        bool isWanted = settings.Authentication.Count == 0 ? asked == AuthenticationMethod.None : settings.Authentication.Contains(asked);
        // What the peer may send is larger than the link carries whole where its concentrator said no MRU: such frames come in fragments.
        if (sent.Failed || !isWanted)
        {
            return false;
        }

        BeginRequest();
        OptionReader received = new(lastReceived);
        while (received.Next())
        {
            if (!Judge(received.Type, received.Data, new OptionList(), isLastWord: false))
            {
                return false;
            }
        }

        if (received.Failed)
        {
            return false;
        }

        _offers.RemoveAll(o => o != asked);
        Magic = magic;
        _asksForMagic = magic != 0;
        _asksForMru = true;
        _ownMru = mru;
        Adopt();
        return true;
    }

    /// <summary>Sends a sign that asks for one.</summary>
    public void Echo(byte identifier)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, _asksForMagic ? Magic : 0);
        Link.Send(Frame(PppCode.EchoRequest, identifier, data));
    }

    /// <summary>Says that a protocol is not spoken here.</summary>
    public void RejectProtocol(ReadOnlySpan<byte> frame) =>
        Link.Send(Frame(PppCode.ProtocolReject, Link.NextIdentifier(), frame[..Math.Min(frame.Length, PppLink.RejectBytes)]));

    protected override void WriteRequest(OptionList options)
    {
        if (_asksForMru)
        {
            _ = options.Add16((byte)LcpOption.MaximumReceiveUnit, _ownMru);
        }

        if (_offers.Count > 0)
        {
            _ = options.Add((byte)LcpOption.AuthenticationProtocol, AuthenticationOption.Write(_offers[0]));
        }

        if (_asksForMagic)
        {
            if (Magic == 0)
            {
                NewMagic();
            }

            _ = options.Add32((byte)LcpOption.MagicNumber, Magic);
        }
    }

    protected override void BeginRequest()
    {
        _peerMruRequested = DefaultMru;
        _ownProofRequested = AuthenticationMethod.None;
        _peerMagic = 0;
        _compressesProtocolRequested = _compressesAddressRequested = false;
    }

    protected override bool Judge(byte type, ReadOnlySpan<byte> data, OptionList better, bool isLastWord)
    {
        switch ((LcpOption)type)
        {
            case LcpOption.MaximumReceiveUnit when data.Length == 2:
                _peerMruRequested = BinaryPrimitives.ReadUInt16BigEndian(data);
                if (_peerMruRequested >= SmallestMru)
                {
                    return true;
                }

                _ = better.Add16(type, SmallestMru);
                return false;
            case LcpOption.AsyncControlCharacterMap when data.Length == 4:
                // It means nothing on this kind of link (RFC 2661 section 5.1), and hurts nobody.
                return true;
            case LcpOption.ProtocolFieldCompression when data.IsEmpty:
                _compressesProtocolRequested = true;
                return true;
            case LcpOption.AddressControlFieldCompression when data.IsEmpty:
                _compressesAddressRequested = true;
                return true;
            case LcpOption.MagicNumber when data.Length == 4:
                return JudgeMagic(BinaryPrimitives.ReadUInt32BigEndian(data), better);
            case LcpOption.AuthenticationProtocol:
                return JudgeProof(AuthenticationOption.Read(data), better);
            case LcpOption.Callback:
                CallbackWasRefused = true;
                return false;
            default:
                return false;
        }
    }

    protected override void Suggested(byte type, ReadOnlySpan<byte> data)
    {
        switch ((LcpOption)type)
        {
            case LcpOption.MaximumReceiveUnit when data.Length == 2:
                _ownMru = Math.Clamp(BinaryPrimitives.ReadUInt16BigEndian(data), SmallestMru, settings.Mru);
                _asksForMru = true;
                break;
            case LcpOption.AuthenticationProtocol:
                Propose(AuthenticationOption.Read(data));
                break;
            case LcpOption.MagicNumber:
                NewMagic();
                break;
            default:
                break;
        }
    }

    protected override void Refused(byte type)
    {
        switch ((LcpOption)type)
        {
            case LcpOption.MaximumReceiveUnit:
                _asksForMru = false;
                break;
            case LcpOption.MagicNumber:
                _asksForMagic = false;
                break;
            case LcpOption.AuthenticationProtocol:
                Cause = DisconnectCause.AuthenticationRefused;
                GiveUp();
                break;
            default:
                break;
        }
    }

    protected override bool TakeOther(in PppPacket packet)
    {
        switch ((PppCode)packet.Code)
        {
            case PppCode.ProtocolReject:
                if (packet.Data.Length >= 2)
                {
                    Link.ProtocolRejected((PppProtocol)BinaryPrimitives.ReadUInt16BigEndian(packet.Data));
                }

                return true;
            case PppCode.EchoRequest:
                if (IsOpened && packet.Data.Length >= 4)
                {
                    byte[] data = packet.Data.ToArray();
                    BinaryPrimitives.WriteUInt32BigEndian(data, _asksForMagic ? Magic : 0);
                    Link.Send(Frame(PppCode.EchoReply, packet.Identifier, data));
                }

                return true;
            case PppCode.EchoReply:
                if (packet.Data.Length >= 4)
                {
                    // One's own number in an answer is one's own request, come back.
                    uint magic = BinaryPrimitives.ReadUInt32BigEndian(packet.Data);
                    Link.EchoAnswered(isLoop: magic != 0 && _asksForMagic && magic == Magic);
                }

                return true;
            case PppCode.DiscardRequest or PppCode.Identification or PppCode.TimeRemaining:
                return true;
            default:
                return false;
        }
    }

    protected override void LayerUp()
    {
        PeerMru = _peerMruRequested;
        OwnProof = _ownProofRequested;
        CompressesProtocol = _compressesProtocolRequested;
        CompressesAddress = _compressesAddressRequested;
        Link.LcpUp();
    }

    protected override void LayerDown() => Link.LcpDown();

    protected override void LayerFinished() => Link.LcpFinished();

    protected override void TerminatedByPeer() => Link.TerminatedByPeer();

    private bool JudgeMagic(uint magic, OptionList better)
    {
        _peerMagic = magic;
        if (magic != 0 && (magic != Magic || !_asksForMagic))
        {
            _loops = 0;
            return true;
        }

        // RFC 1661 section 6.4: an equal number is chance once, a loop when it comes again and again.
        if (magic != 0 && ++_loops > MostLoops)
        {
            Cause = DisconnectCause.Loopback;
            GiveUp();
        }

        Span<byte> other = stackalloc byte[4];
        Link.Environment.Fill(other);
        _ = better.Add((byte)LcpOption.MagicNumber, other);
        return false;
    }

    private bool JudgeProof(AuthenticationMethod method, OptionList better)
    {
        IReadOnlyList<AuthenticationMethod> able = settings.OwnProofs;
        if (method != AuthenticationMethod.None && able.Contains(method))
        {
            _ownProofRequested = method;
            return true;
        }

        if (able.Count > 0)
        {
            _ = better.Add((byte)LcpOption.AuthenticationProtocol, AuthenticationOption.Write(able[0]));
        }

        return false;
    }

    private void Propose(AuthenticationMethod wanted)
    {
        // What the peer would rather do comes next, where the configuration permits it; what it does not do is not asked for again.
        AuthenticationMethod refused = _offers.Count > 0 ? _offers[0] : AuthenticationMethod.None;
        _ = _offers.Remove(refused);
        if (_offers.Contains(wanted))
        {
            _ = _offers.Remove(wanted);
            _offers.Insert(0, wanted);
        }

        if (_offers.Count == 0 && refused != AuthenticationMethod.None)
        {
            _offers.Add(refused);
            Cause = DisconnectCause.AuthenticationRefused;
            GiveUp();
        }
    }

    private void NewMagic()
    {
        Span<byte> bytes = stackalloc byte[4];
        do
        {
            Link.Environment.Fill(bytes);
            Magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }
        while (Magic == 0);
    }
}
