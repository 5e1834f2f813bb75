using RouterOS.Ike.Control.Captures;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Explain;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.Recording;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control;

/// <summary>IKEv1: negotiates protections with peers and programs them into the modules.</summary>
public sealed class IkePlugin : IControlPlugin, ICaptureExplainer, IRecordingReplayer
{
    private IkeRuntime? _runtime;
    private IkeSessions? _sessions;
    private RecordingService? _recordings;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "ike",
        "IKEv1 (RFC 2409): main mode with preshared keys, quick mode, dead peer detection, NAT traversal (RFC 3947)",
        ["routeros.ike.v1.Ike", "routeros.ike.v1.Diagnostics", "routeros.ike.v1.Captures", "routeros.ike.v1.Recordings", "routeros.pki.v1.Pki"],
        [],
        ["routeros.ike.v1.IkeIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IkeRuntime runtime = new(context);
        IkeSessions sessions = new(runtime);
        (_runtime, _sessions) = (runtime, sessions);
        context.Packets.Subscribe("udp:500", sessions.Receive);
        context.Packets.Subscribe("udp:4500", sessions.Receive);
        context.Packets.Subscribe("icmp", sessions.ReceiveIcmp);
        context.Packets.Subscribe("icmp6", sessions.ReceiveIcmp);
        context.Packets.Subscribe(BadSpiAnswers.Channel, sessions.ReceiveUnknownSpi);
        context.Packets.Subscribe(TunnelCaptures.Tap, sessions.Captures.TakeIpsec);
        context.Modules.Subscribe(ProtectionTables.Protection, sessions.ProtectionEvent);
        context.Modules.Subscribe(ProtectionTables.Inbound, sessions.SaEvent);
        context.Modules.Subscribe(ProtectionTables.Outbound, sessions.SaEvent);
        context.Interfaces.Subscribe(sessions.NetworkChanged);
        context.Routes.Subscribe(sessions.NetworkChanged);
        context.Bus.Provide(new IkeShow(runtime, sessions, Restart));
        context.Bus.Provide(new DiagnosisShow(runtime, sessions));
        _recordings = new RecordingService(runtime, sessions);
        context.Bus.Provide(_recordings);
        context.Bus.Provide(new CaptureService(sessions.Captures));
        context.Bus.Provide(new PkiService(runtime.Certificates));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return IkeCommit.Validate(candidate);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Explain(IReadOnlyList<CapturedPacket> packets, IntentSet? intents, string? key)
    {
        ArgumentNullException.ThrowIfNull(packets);
        return CaptureExplainer.Explain(packets, [.. intents?.Get<IkeIntent>().Gateways.Select(IkeIntentReader.Read) ?? []], key);
    }

    /// <inheritdoc/>
    public ReplayResult? Replay(ReadOnlyMemory<byte> file, IntentSet? intents, ReplayCrypto crypto)
    {
        ArgumentNullException.ThrowIfNull(crypto);
        return Replayer.Run(file, intents, crypto);
    }

    /// <summary>Starts with one peer, whose recorder sees everything.</summary>
    internal void StartReplay(IControlContext context, IkeIntent intent, Recorder recorder)
    {
        Start(context);
        _sessions!.Replay = recorder;
        _runtime!.Acting.InUse++;
        using (_runtime.Acting.Enter(recorder))
        {
            Apply(new IntentSet([intent]));
        }
    }

    /// <summary>How it stands with a gateway's peer.</summary>
    internal (bool IsUp, IReadOnlyList<string> Sentences) ReplayOutcome(string gateway) =>
        _sessions?.Sessions.FirstOrDefault(s => s.Policy.Name == gateway) is { } session ? Outcome.Of(_runtime!, _sessions, session) : (false, []);

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        IkeIntent intent = committed.Get<IkeIntent>();
        _recordings!.ConfigurationChanges();
        _sessions!.Committed = committed;
        _runtime!.Trace.Apply(intent.Trace);
        _runtime.Trace.Configuration(intent.Gateways.Count, intent.Vpns.Count);
        foreach (Vpn vpn in intent.Vpns)
        {
            _runtime.Trace.NextHops(vpn);
        }

        _sessions.BadSpis.Apply(intent.BadSpiResponses);
        _sessions.Apply([.. intent.Gateways.Select(IkeIntentReader.Read)], [.. intent.Vpns.Where(v => v.Manual is null).Select(IkeIntentReader.Read)],
            [.. intent.Vpns.Where(v => v.Manual is not null).Select(IkeIntentReader.ReadManual)]);
    }

    private void Restart()
    {
        IkeLog.Restarted(_runtime!.Context.Log);
        _sessions!.Stop();
        Apply(_sessions.Committed);
    }

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        _sessions?.Stop();
        return ValueTask.CompletedTask;
    }
}
