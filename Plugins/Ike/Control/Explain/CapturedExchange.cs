using System.Globalization;
using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Explain;

/// <summary>One exchange of phase 1 as a capture shows it, and what was done under it.</summary>
internal sealed class CapturedExchange
{
    private const int MaximumSteps = 64;
    private const int MaximumQuickModes = 256;

    private readonly DateTimeOffset _started;
    private readonly List<string> _steps = [];
    private readonly Dictionary<uint, CapturedQuickMode> _quickModes = [];
    private readonly CapturedKeyCheck _keyCheck = new();
    private byte[][] _last = [[], []];
    private byte[] _offer = [];
    private int _repeated;
    private int _reachedTimes;
    private DateTimeOffset _reachedLast;
    private NotifyType? _refusal;
    private bool _refusedBehindEncryption;
    private bool _natInitiator;
    private bool _natResponder;
    private NatTraversalDocument? _traversal;
    private string _hash = string.Empty;
    private bool _floated;

    public CapturedExchange(IsakmpHeader header, CapturedDatagram datagram, bool fromInitiator)
    {
        Cookie = header.InitiatorCookie;
        Mode = header.Exchange;
        _started = datagram.Time;
        Ends = fromInitiator ? datagram.Ends : Turn(datagram.Ends);
    }

    /// <summary>The initiator's cookie.</summary>
    public ulong Cookie { get; }

    /// <summary>Main or aggressive mode; something else where its beginning is not in the capture.</summary>
    public ExchangeType Mode { get; private set; }

    /// <summary>Local is the initiator, Remote the responder.</summary>
    public PeerEndpoints Ends { get; private set; }

    /// <summary>The newest message that was seen, counted as the RFC does.</summary>
    public int Reached { get; private set; }

    private int Complete => Mode == ExchangeType.Aggressive ? 3 : 6;

    /// <summary>Takes a message of the exchange, or of one under it.</summary>
    public void Take(IsakmpHeader header, CapturedDatagram datagram)
    {
        bool fromInitiator = datagram.Ends.Local == Ends.Local && (datagram.Ends.Remote == Ends.Remote || datagram.Ends.Local != Ends.Remote);
        _floated |= datagram.IsInsideUdp;
        ref byte[] last = ref _last[fromInitiator ? 0 : 1];
        if (header.Datagram.SequenceEqual(last))
        {
            _repeated++;
            _reachedTimes += fromInitiator == (Reached % 2 == 1) ? 1 : 0;
            _reachedLast = datagram.Time;
            return;
        }

        last = header.Datagram.ToArray();
        switch (header.Exchange)
        {
            case ExchangeType.IdentityProtection or ExchangeType.Aggressive:
                Mode = header.Exchange;
                TakePhase1(header, datagram, fromInitiator);
                break;
            case ExchangeType.QuickMode:
                TakeQuickMode(header, datagram, fromInitiator);
                break;
            case ExchangeType.Informational:
                TakeInformational(header, datagram, fromInitiator);
                break;
            default:
                Step(datagram, fromInitiator, $"exchange type {(byte)header.Exchange}{(header.IsEncrypted ? ", encrypted" : string.Empty)}");
                break;
        }
    }

    /// <summary>The exchange in words.</summary>
    /// <param name="number">Its number in the report.</param>
    /// <param name="gateways">Gateways of a configuration; none without one.</param>
    /// <param name="key">A preshared key to try, or null.</param>
    public IEnumerable<string> Describe(int number, IReadOnlyList<GatewayPolicy> gateways, string? key)
    {
        string mode = Mode switch { ExchangeType.IdentityProtection => "main mode", ExchangeType.Aggressive => "aggressive mode", _ => "its beginning is not in the capture" };
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Exchange {number}: {Ipv4.Text(Ends.Local)} to {Ipv4.Text(Ends.Remote)}, {mode}, initiator cookie {Cookie:x16}, {_started.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}");
        foreach (string step in _steps)
        {
            yield return $"  {step}";
        }

        if (_repeated > 0)
        {
            yield return $"  {_repeated} repeated messages";
        }

        if (_natInitiator || _natResponder)
        {
            yield return $"  NAT: {(_natInitiator && _natResponder ? "both ends are" : _natInitiator ? "the initiator is" : "the responder is")} behind a NAT";
        }

        foreach (CapturedQuickMode quickMode in _quickModes.Values)
        {
            yield return $"  {quickMode.Describe()}";
        }

        yield return $"  {Conclusion(gateways)}";
        if (key is not null)
        {
            yield return $"  {_keyCheck.Try(key, _offer, Cookie)}";
        }
    }

    private static PeerEndpoints Turn(PeerEndpoints ends) => new(ends.Remote, ends.RemotePort, ends.Local, ends.LocalPort);

    private void TakePhase1(IsakmpHeader header, CapturedDatagram datagram, bool fromInitiator)
    {
        if (header.IsEncrypted)
        {
            int message = Mode == ExchangeType.Aggressive ? 3 : fromInitiator ? 5 : 6;
            Reach(message, datagram);
            Step(datagram, fromInitiator, $"message {message}, encrypted{(datagram.IsInsideUdp ? ", on UDP 4500" : string.Empty)}");
            return;
        }

        if (!PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out IsakmpError error))
        {
            Step(datagram, fromInitiator, $"malformed message: {error}");
            return;
        }

        List<string> words = [];
        bool offers = chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload sa);
        bool values = chain.TryFindOnly(PayloadType.KeyExchange, out Payload public_);
        if (offers)
        {
            words.Add(Proposals(sa, fromInitiator));
        }

        if (values)
        {
            words.Add($"public value of {public_.Body.Length} bytes");
        }

        if (chain.TryFindOnly(PayloadType.Identification, out Payload id) && PeerIdentity.TryRead(id.Body, out string name))
        {
            words.Add($"identity {name}");
        }

        TakeVendorIds(chain, words);
        _keyCheck.Take(chain, header, fromInitiator, _hash);
        int number = Mode == ExchangeType.Aggressive ? offers ? fromInitiator ? 1 : 2 : 3
            : offers ? fromInitiator ? 1 : 2
            : values ? fromInitiator ? 3 : 4
            : 0;
        if (number != 0)
        {
            Reach(number, datagram);
        }

        TakeNatHashes(chain, header, datagram, fromInitiator);
        Step(datagram, fromInitiator, $"{(number == 0 ? "a message out of order" : $"message {number}")}: {string.Join("; ", words)}");
    }

    private string Proposals(Payload sa, bool fromInitiator)
    {
        if (!SaPayload.TryParse(sa.Body, out SaPayload payload, out IsakmpError error))
        {
            return $"malformed proposals ({error})";
        }

        List<OfferWord[]> offers = OfferWords.Phase1(payload);
        if (fromInitiator)
        {
            _offer = sa.Body.ToArray();
        }
        else if (offers is [OfferWord[] only])
        {
            _hash = only.First(w => w.Aspect == FailureAspect.Hash).Text;
        }

        return $"{(fromInitiator ? "offers" : "chooses")} {OfferWords.Join(offers)}{Methods(offers)}";
    }

    private static string Methods(List<OfferWord[]> offers)
    {
        string[] methods = [.. offers.Select(o => o.First(w => w.Aspect == FailureAspect.AuthenticationMethod).Text).Distinct()];
        return methods is ["pre-shared-keys"] ? " with a preshared key" : string.Empty;
    }

    private void TakeVendorIds(PayloadChain chain, List<string> words)
    {
        if (VendorIds.OffersDeadPeerDetection(chain))
        {
            words.Add("dead peer detection");
        }

        if (NatTraversalDocument.Choose(chain) is { } document)
        {
            _traversal = document;
            words.Add($"NAT traversal ({document.Name})");
        }
    }

    // What the hashes say, compared with the addresses that this capture shows: a NAT behind the point of capture is seen as well.
    private void TakeNatHashes(PayloadChain chain, IsakmpHeader header, CapturedDatagram datagram, bool fromInitiator)
    {
        if (_traversal is null || _hash.Length == 0)
        {
            return;
        }

        byte[] destination = NatHash(header, datagram.Ends.Remote, datagram.Ends.RemotePort);
        byte[] source = NatHash(header, datagram.Ends.Local, datagram.Ends.LocalPort);
        int count = 0;
        bool sourceKnown = false;
        bool destinationKnown = false;
        foreach (Payload payload in chain)
        {
            if (payload.Type == _traversal.Detection)
            {
                destinationKnown |= count == 0 && payload.Body.SequenceEqual(destination);
                sourceKnown |= count > 0 && payload.Body.SequenceEqual(source);
                count++;
            }
        }

        if (count >= 2)
        {
            _natInitiator |= fromInitiator ? !sourceKnown : !destinationKnown;
            _natResponder |= fromInitiator ? !destinationKnown : !sourceKnown;
        }
    }

    private byte[] NatHash(IsakmpHeader header, PeerAddress address, ushort port) => CapturedKeyCheck.Hash(
        _hash, [.. Crypto.Bytes.Of(header.InitiatorCookie, header.ResponderCookie), .. address.ToBytes(), (byte)(port >> 8), (byte)port]);

    private void TakeQuickMode(IsakmpHeader header, CapturedDatagram datagram, bool fromInitiator)
    {
        if (!_quickModes.TryGetValue(header.MessageId, out CapturedQuickMode? quickMode))
        {
            if (_quickModes.Count >= MaximumQuickModes)
            {
                return;
            }

            _quickModes[header.MessageId] = quickMode = new CapturedQuickMode(header.MessageId, fromInitiator);
        }

        quickMode.Take(fromInitiator, datagram.Number);
    }

    private void TakeInformational(IsakmpHeader header, CapturedDatagram datagram, bool fromInitiator)
    {
        if (header.IsEncrypted)
        {
            if (Reached < Complete)
            {
                _refusedBehindEncryption = true;
            }

            foreach (CapturedQuickMode open in _quickModes.Values.Where(q => q.IsOpen && q.BegunByInitiator != fromInitiator))
            {
                open.Answered();
            }

            return;
        }

        if (PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
            && chain.TryFind(PayloadType.Notification, out Payload payload)
            && NotificationPayload.TryParse(payload.Body, out NotificationPayload notify, out _))
        {
            _refusal ??= notify.Type < NotifyType.Connected ? notify.Type : null;
            Step(datagram, fromInitiator, $"notification in the clear: {notify.Type}");
        }
        else
        {
            Step(datagram, fromInitiator, "informational message in the clear, malformed");
        }
    }

    private void Reach(int message, CapturedDatagram datagram)
    {
        if (message > Reached)
        {
            (Reached, _reachedTimes, _reachedLast) = (message, 1, datagram.Time);
        }
    }

    private void Step(CapturedDatagram datagram, bool fromInitiator, string what)
    {
        if (_steps.Count < MaximumSteps)
        {
            string after = (datagram.Time - _started).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
            _steps.Add($"frame {datagram.Number}, +{after} s, {(fromInitiator ? "initiator" : "responder")}: {what}");
        }
    }

    private string Conclusion(IReadOnlyList<GatewayPolicy> gateways)
    {
        GatewayPolicy? answering = gateways.FirstOrDefault(g => g.RemoteAddresses.Contains(Ends.Local));
        GatewayPolicy? asking = gateways.FirstOrDefault(g => g.RemoteAddresses.Contains(Ends.Remote));
        string times = _reachedTimes > 1 ? $" (sent {_reachedTimes} times)" : string.Empty;
        if (Mode is not (ExchangeType.IdentityProtection or ExchangeType.Aggressive) || Reached == 0)
        {
            return "Phase 1 is not in the capture.";
        }

        if (Reached >= Complete)
        {
            return "Phase 1 is complete.";
        }

        if (Reached == 1 && answering is not null && Mismatched(answering) is { } mismatch)
        {
            return $"Stopped after message 1: {At(mismatch)}";
        }

        if (_refusal is { } refusal)
        {
            string why = refusal == NotifyType.NoProposalChosen && asking is not null ? At(Mismatch.Phase1Refused(asking, $"{refusal}"))
                : refusal == NotifyType.NoProposalChosen ? "the responder accepts none of the proposals"
                : refusal == NotifyType.InvalidExchangeType ? "the responder wants the other mode"
                : refusal == NotifyType.InvalidIdInformation ? "the responder expects another identity of the initiator"
                : "the preshared keys are likely to differ";
            return $"Stopped after message {Reached}: {refusal}: {why}.";
        }

        GatewayPolicy? ours = answering ?? asking;
        string key = ours is null ? string.Empty : $" ({Line(ours.KeySource)})";
        return (Mode, Reached) switch
        {
            (_, 1) => $"Stopped: no answer to message 1{times}: UDP 500 is blocked between, the responder does not run or does not know the initiator's address.",
            (ExchangeType.Aggressive, _) => $"Stopped after message 2{times}: the initiator does not accept it: the preshared keys{key} or the responder's identity differ, or message 3 is lost.",
            (_, 2) => $"Stopped after message 2{times}: the initiator does not accept the choice, or message 2 does not reach it.",
            (_, 3) => $"Stopped: no answer to message 3{times}.",
            (_, 4) when _natInitiator || _natResponder => $"Stopped after message 4{times}: with a NAT between, message 5 goes on UDP 4500, and none is here: UDP 4500 is blocked.",
            (_, 4) => $"Stopped after message 4{times}: the initiator does not go on.",
            _ when _refusedBehindEncryption => $"Stopped after message 5{times}: the responder answers with an encrypted notification: it expects another identity.",
            _ => $"Stopped: no answer to message 5{times}: the preshared keys{key} are likely to differ{(_floated ? ", or UDP 4500 is blocked behind this point" : string.Empty)}.",
        };
    }

    private IkeFailure? Mismatched(GatewayPolicy gateway) =>
        (Mode == ExchangeType.Aggressive) != gateway.IsAggressive
            ? Mismatch.Mode(gateway, Mode == ExchangeType.Aggressive ? "aggressive mode" : "main mode")
        : SaPayload.TryParse(_offer, out SaPayload offer, out _) && Phase1Negotiation.Select(offer, gateway.Proposals, out _) is null
            ? Mismatch.Phase1(offer, gateway) : null;

    private static string At(IkeFailure failure) => $"{failure.Message} ({Line(failure.Source)}); {FixWords.Of(failure)}.";

    private static string Line(ConfigSource source) => source.Line > 0 ? $"line {source.Line}, {source.Path}" : source.Path;
}
