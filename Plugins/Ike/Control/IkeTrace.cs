using System.Text;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.Recording;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Logging;

namespace RouterOS.Ike.Control;

/// <summary>The trace file that the configuration asks for: messages, states, timers, decisions. Secrets never come here.</summary>
internal sealed class IkeTrace(ITraces traces, ActingRecorder acting)
{
    private const string All = "all";
    private const string DefaultFile = "kmd";

    private ITrace? _trace;
    private ITrace? _debugTrace;
    private DebugState? _debug;
    private TraceFile? _file;
    private bool _messages;
    private bool _timers;
    private bool _decisions;
    private bool _configuration;
    private bool _certificates;
    private bool _database;
    private bool _network;
    private bool _nextHops;

    /// <summary>What can be traced, and what that is.</summary>
    public static IReadOnlyDictionary<string, string> Flags { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ike"] = "messages and states of exchanges",
        ["timer"] = "retransmissions and deadlines",
        ["policy-manager"] = "why negotiations failed",
        ["config"] = "configurations that were applied",
        ["certificates"] = "why certificates were refused",
        ["general"] = "configurations that were applied, and why negotiations failed",
        ["database"] = "what is kept over a restart",
        ["routing-socket"] = "changes of interfaces and routes",
        ["next-hop-tunnels"] = "which next hop leads to which VPN",
        ["parse"] = "configurations that were applied",
        [All] = "everything",
    };

    /// <summary>The one peer that an operator wants traced; null for none.</summary>
    public DebugState? Debug
    {
        get => _debug;
        set
        {
            _debug = value;
            _debugTrace = value is null ? null : traces.Open(_file ?? new TraceFile(DefaultFile));
        }
    }

    /// <summary>Opens the file, or closes it.</summary>
    public void Apply(Trace? wanted)
    {
        bool Has(string flag) => wanted is not null && (wanted.Flags.Contains(flag) || wanted.Flags.Contains(All));
        (_messages, _timers) = (Has("ike"), Has("timer"));
        (_decisions, _configuration) = (Has("policy-manager") || Has("general"), Has("config") || Has("general") || Has("parse"));
        _certificates = Has("certificates");
        (_database, _network, _nextHops) = (Has("database"), Has("routing-socket"), Has("next-hop-tunnels"));
        _file = wanted is null ? null : new TraceFile(wanted.File)
        {
            Bytes = wanted.SizeBytes == 0 ? TraceFile.DefaultBytes : (long)wanted.SizeBytes,
            Files = wanted.Files == 0 ? TraceFile.DefaultFiles : (int)wanted.Files,
            Match = wanted.Match,
            WorldReadable = wanted.WorldReadable,
        };
        _trace = _file is null ? null : traces.Open(_file);
        Debug = _debug;
    }

    /// <summary>A datagram comes or goes.</summary>
    public void Message(bool received, PeerEndpoints ends, ReadOnlySpan<byte> message)
    {
        bool isDebugged = IsDebugged(ends.Remote) && _debug!.Local == Ipv4.Text(ends.Local);
        if (_messages || isDebugged)
        {
            string way = received ? "received from" : "sent to";
            ToFile($"{way} {Ipv4.Text(ends.Remote)}:{ends.RemotePort}, local {Ipv4.Text(ends.Local)}:{ends.LocalPort}: {Describe(message)}");
        }
    }

    /// <summary>An exchange has gone from a state to another; a message ID tells exchanges of phase 2 apart.</summary>
    public void State<TState, TEvent>(string exchange, uint messageId, PeerAddress remote, TState before, TEvent input, TState after)
        where TState : struct, Enum
        where TEvent : struct, Enum
    {
        bool isTraced = _messages || IsDebugged(remote);
        if (isTraced || acting.Current is not null)
        {
            string which = messageId == 0 ? exchange : $"{exchange} {messageId:x8}";
            Write(isTraced, $"{which} with {Ipv4.Text(remote)}: {before}, event {input}: {after}");
        }
    }

    /// <summary>A timer of an exchange was set.</summary>
    public void Timer(string exchange, PeerAddress remote, TimeSpan delay, string purpose)
    {
        bool isTraced = _timers || IsDebugged(remote);
        if (isTraced || acting.Current is not null)
        {
            Write(isTraced, $"{exchange} with {Ipv4.Text(remote)}: {purpose} in {delay.TotalSeconds:0.###} s");
        }
    }

    /// <summary>A negotiation has failed.</summary>
    public void Failure(FailureEntry failure)
    {
        bool isTraced = _decisions || _debug?.Remote == failure.Remote || (_certificates && IsOfCertificate(failure.Failure.Kind));
        if (isTraced || acting.Current is not null)
        {
            string who = failure.Vpn.Length > 0 ? $"vpn {failure.Vpn}" : failure.Gateway.Length > 0 ? $"gateway {failure.Gateway}" : "unknown peer";
            Write(isTraced, $"phase {failure.Failure.Phase} with {failure.Remote} ({who}) failed: {failure.Failure.Kind}: {failure.Failure.Text}");
        }
    }

    private static bool IsOfCertificate(FailureKind kind) => kind.ToString().StartsWith("Certificate", StringComparison.Ordinal) || kind == FailureKind.Signature;

    /// <summary>What is kept over a restart was written or deleted. Its content is secret.</summary>
    public void Stored(string name, bool written)
    {
        if (_database)
        {
            _trace!.Write($"{name} {(written ? "written" : "deleted")}");
        }
    }

    /// <summary>Interfaces or routes have changed.</summary>
    public void Network(int gateways)
    {
        if (_network)
        {
            _trace!.Write($"interfaces or routes have changed: {gateways} gateways look at their ways anew");
        }
    }

    /// <summary>A configured VPN is reached by next hops.</summary>
    public void NextHops(Vpn vpn)
    {
        if (_nextHops && vpn.NextHops.Count > 0)
        {
            _trace!.Write($"next hops {string.Join(", ", vpn.NextHops)} of {vpn.BindInterface} lead to VPN {vpn.Name}");
        }
    }

    /// <summary>A configuration was applied.</summary>
    public void Configuration(int gateways, int vpns)
    {
        if (_configuration)
        {
            _trace!.Write($"configuration applied: {gateways} gateways, {vpns} VPNs");
        }
    }

    private bool IsDebugged(PeerAddress remote) => _debug is { } debug && debug.Remote == Ipv4.Text(remote);

    private void ToFile(string line) => (_trace ?? _debugTrace)!.Write(line);

    private void Write(bool isTraced, string line)
    {
        if (isTraced)
        {
            ToFile(line);
        }

        acting.Current?.Line(line);
    }

    /// <summary>A message in words: the header, and the payloads where they are in the clear.</summary>
    public static string Describe(ReadOnlySpan<byte> message)
    {
        if (!IsakmpHeader.TryParse(message, out IsakmpHeader header, out IsakmpError error))
        {
            return $"{message.Length} bytes that are no ISAKMP message: {error}";
        }

        StringBuilder text = new(
            $"{header.Exchange} {header.InitiatorCookie:x16}:{header.ResponderCookie:x16}, message ID {header.MessageId:x8}, {message.Length} bytes, ");
        if (header.IsEncrypted)
        {
            return text.Append("encrypted").ToString();
        }

        if (!PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out error))
        {
            return text.Append($"malformed payloads: {error}").ToString();
        }

        string separator = string.Empty;
        foreach (Payload payload in chain)
        {
            text.Append(separator).Append(payload.Type).Append(' ').Append(payload.Body.Length);
            separator = ", ";
        }

        return text.ToString();
    }
}
