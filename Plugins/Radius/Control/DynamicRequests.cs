using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Control;

/// <summary>What becomes of a request of a server.</summary>
/// <param name="Answer">To be sent back; null: nothing.</param>
/// <param name="Change">To be done, and answered by <see cref="DynamicRequests.Answer"/>; null: nothing.</param>
/// <param name="Refusal">Why it was refused, for the log; null: it was not, or it is not worth a line.</param>
internal readonly record struct DynamicStep(byte[]? Answer, SessionChange? Change, string? Refusal);

/// <summary>Requests of servers to end or to change sessions (RFC 5176): who may, whether it is new, what it means, what it is answered.</summary>
/// <remarks>No clock, no I/O: the time comes with each call.</remarks>
internal sealed class DynamicRequests(RadiusProofs proofs, Func<string, uint>? instanceOf = null)
{
    private const int MaximumKnown = 1024;
    private const int MaximumOpen = 256;

    // RFC 5176 section 6.3 recommends 300 seconds.
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(300);

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTimeOffset At)> _ages = new();
    private readonly Dictionary<ulong, (string Key, DynamicClient Client)> _open = [];
    private DynamicClient[] _clients = [];
    private ulong _numbers;

    public DynamicStatistics Counters { get; } = new();

    /// <summary>Takes who may ask.</summary>
    public void Apply(IEnumerable<DynamicClient> clients) => _clients = [.. clients];

    /// <summary>Takes a datagram.</summary>
    /// <param name="from">Who has sent it.</param>
    /// <param name="fromPort">Its port.</param>
    /// <param name="own">Our address that it came to.</param>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="now">The time.</param>
    /// <param name="instance">Routing instance that it came in.</param>
    public DynamicStep Take(uint from, ushort fromPort, uint own, ReadOnlySpan<byte> datagram, DateTimeOffset now, uint instance = 0)
    {
        if (Array.Find(_clients, c => (Ipv4Number.Parse(c.Address) ?? 0) == from && (instanceOf?.Invoke(c.VirtualRouter) ?? 0) == instance) is not { } client)
        {
            Counters.Strangers++;
            return default;
        }

        if (!RadiusPacket.TryParse(datagram, out RadiusPacket packet, out _)
            || packet.Code is not (RadiusCode.DisconnectRequest or RadiusCode.CoaRequest))
        {
            Counters.Malformed++;
            return default;
        }

        if (!proofs.IsRightRequest(packet, client.Secret.Span))
        {
            Counters.BadAuthenticators++;
            return new(null, null, "the request's authenticator is wrong: the secret differs");
        }

        Forget(now);
        string key = $"{from:x}:{fromPort}:{Convert.ToHexString(packet.Bytes[..RadiusPacket.HeaderBytes])}";
        if (_known.TryGetValue(key, out Known? known))
        {
            // RFC 5176 section 2.3: the same request is answered as before, and not done twice.
            Counters.Duplicates++;
            return new(known.Answer, null, null);
        }

        bool disconnect = packet.Code == RadiusCode.DisconnectRequest;
        _ = disconnect ? Counters.DisconnectRequests++ : Counters.ChangeRequests++;
        Reading reading = Read(packet, own, now, disconnect);
        if (reading.Stale)
        {
            // RFC 5176 section 3.4: silently.
            Counters.Stale++;
            return new(null, null, "its Event-Timestamp is not of now");
        }

        if (_known.Count >= MaximumKnown)
        {
            _ = _known.Remove(_ages.Dequeue().Key);
        }

        known = new(packet.Code, packet.Identifier, packet.Authenticator.ToArray(), reading.ProxyStates, packet.MessageAuthenticatorAt > 0);
        _known[key] = known;
        _ages.Enqueue((key, now));
        bool mayAsk = disconnect ? client.MayDisconnect : client.MayChange;
        (ErrorCause cause, string? refusal) = !mayAsk ? (ErrorCause.AdministrativelyProhibited, "the configuration does not let it")
            : _open.Count >= MaximumOpen ? (ErrorCause.ResourcesUnavailable, "too many requests are being done")
            : (reading.Cause, reading.Refusal);
        if (cause != ErrorCause.None)
        {
            return new(Write(known, client, cause), null, refusal);
        }

        reading.Change.Number = ++_numbers;
        _open[_numbers] = (key, client);
        return new(null, reading.Change, null);
    }

    /// <summary>Answers a request that was handed on; null: nobody waits for it any more.</summary>
    public byte[]? Answer(ulong number, ErrorCause cause) =>
        _open.Remove(number, out (string Key, DynamicClient Client) open) && _known.TryGetValue(open.Key, out Known? known)
            ? Write(known, open.Client, cause)
            : null;

    private byte[] Write(Known known, DynamicClient client, ErrorCause cause)
    {
        bool done = cause == ErrorCause.None;
        bool disconnect = known.Code == RadiusCode.DisconnectRequest;
        _ = (disconnect, done) switch
        {
            (true, true) => Counters.DisconnectAcks++,
            (true, false) => Counters.DisconnectNaks++,
            (false, true) => Counters.ChangeAcks++,
            _ => Counters.ChangeNaks++,
        };
        RadiusWriter writer = new(
            disconnect ? (done ? RadiusCode.DisconnectAck : RadiusCode.DisconnectNak) : done ? RadiusCode.CoaAck : RadiusCode.CoaNak,
            known.Identifier, known.Authenticator);
        if (known.HasMessageAuthenticator)
        {
            writer.AddMessageAuthenticator();
        }

        foreach (byte[] state in known.ProxyStates)
        {
            writer.Add(RadiusType.ProxyState, state);
        }

        if (!done)
        {
            writer.Add(RadiusType.ErrorCause, (uint)cause);
        }

        byte[] answer = writer.Finish();
        proofs.SignAnswer(answer, writer.MessageAuthenticatorAt, client.Secret.Span);
        known.Answer = answer;
        return answer;
    }

    private void Forget(DateTimeOffset now)
    {
        while (_ages.TryPeek(out (string Key, DateTimeOffset At) oldest) && now - oldest.At > s_window + s_window)
        {
            _ = _ages.Dequeue();
            _ = _known.Remove(oldest.Key);
        }

        if (_open.Count > 0)
        {
            foreach (ulong gone in _open.Where(o => !_known.ContainsKey(o.Value.Key)).Select(o => o.Key).ToArray())
            {
                _ = _open.Remove(gone);
            }
        }
    }

    private static Reading Read(RadiusPacket packet, uint own, DateTimeOffset now, bool disconnect)
    {
        Reading reading = new();
        bool named = false;
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            switch (attribute.Type)
            {
                case RadiusType.AcctSessionId:
                    reading.Change.Session = attribute.Text;
                    named = true;
                    break;
                case RadiusType.UserName:
                    reading.Change.User = attribute.Text;
                    named = true;
                    break;
                case RadiusType.FramedIpAddress:
                    reading.Change.Address = attribute.Integer;
                    named = true;
                    break;
                case RadiusType.CallingStationId:
                    reading.Change.CallingStation = attribute.Text;
                    named = true;
                    break;
                case RadiusType.NasIpAddress when attribute.Integer != own:
                    reading.Refuse(ErrorCause.NasIdentificationMismatch, $"it is for another router, {Ipv4Number.Text(attribute.Integer)}");
                    break;
                case RadiusType.EventTimestamp:
                    reading.Stale |= (now - DateTimeOffset.FromUnixTimeSeconds(attribute.Integer)).Duration() > s_window;
                    break;
                case RadiusType.ProxyState:
                    reading.ProxyStates.Add(attribute.Value.ToArray());
                    break;
                case RadiusType.SessionTimeout when !disconnect:
                    reading.Change.SessionTimeoutSeconds = attribute.Integer;
                    break;
                case RadiusType.IdleTimeout when !disconnect:
                    reading.Change.IdleTimeoutSeconds = attribute.Integer;
                    break;
                case RadiusType.ServiceType:
                    reading.Refuse(ErrorCause.UnsupportedService, "it asks for another service");
                    break;
                case RadiusType.NasIpAddress or RadiusType.NasIdentifier or RadiusType.NasPort or RadiusType.NasPortId or RadiusType.NasPortType
                    or RadiusType.CalledStationId or RadiusType.MessageAuthenticator or RadiusType.ReplyMessage or RadiusType.AcctTerminateCause
                    or RadiusType.Class or RadiusType.State:
                    break;
                default:
                    reading.Refuse(ErrorCause.UnsupportedAttribute, $"attribute {attribute.Number} cannot be changed");
                    break;
            }
        }

        if (!named)
        {
            reading.Refuse(ErrorCause.MissingAttribute, "it names no session");
        }

        reading.Change.Disconnect = disconnect;
        return reading;
    }

    private sealed class Reading
    {
        public SessionChange Change { get; } = new();

        public List<byte[]> ProxyStates { get; } = [];

        public bool Stale { get; set; }

        public ErrorCause Cause { get; private set; }

        public string? Refusal { get; private set; }

        public void Refuse(ErrorCause cause, string refusal)
        {
            if (Cause == ErrorCause.None)
            {
                (Cause, Refusal) = (cause, refusal);
            }
        }
    }

    private sealed class Known(RadiusCode code, byte identifier, byte[] authenticator, List<byte[]> proxyStates, bool hasMessageAuthenticator)
    {
        public RadiusCode Code { get; } = code;

        public byte Identifier { get; } = identifier;

        public byte[] Authenticator { get; } = authenticator;

        public List<byte[]> ProxyStates { get; } = proxyStates;

        public bool HasMessageAuthenticator { get; } = hasMessageAuthenticator;

        public byte[]? Answer { get; set; }
    }
}
