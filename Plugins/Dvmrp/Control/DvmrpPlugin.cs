using System.Net;
using Grpc.Core;
using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Dvmrp.Control;

/// <summary>DVMRP version 3: where packets to groups come from, and who wants them.</summary>
public sealed class DvmrpPlugin : IControlPlugin, IDisposable
{
    private const string IgmpChannel = "ip:2";
    private const string MissChannel = "multicast-miss";
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private IControlContext? _context;
    private DvmrpRouter? _router;
    private DvmrpCommit? _commit;
    private IDisposable? _timer;
    private long _synchroniseAt;
    private long _nextLook;
    private bool _isWatching;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "dvmrp",
        "Distance vector multicast routing (RFC 1075, draft-ietf-idmr-dvmrp-v3)",
        ["routeros.dvmrp.v1.Dvmrp"],
        ["routeros.multicast.v1.Multicast"],
        [DvmrpIntent.Descriptor.FullName]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DvmrpRuntime runtime = new(context);
        _context = context;
        _router = new DvmrpRouter(runtime);
        _router.State.Generation = (uint)context.Time.GetUtcNow().ToUnixTimeSeconds();
        _commit = new DvmrpCommit(_router, context.Interfaces, context.Routes);
        // What forwards goes on until neighbours have told their routes again.
        _synchroniseAt = runtime.Now + DvmrpTimes.Report;
        context.Interfaces.Subscribe(_commit.Converge);
        context.Routes.Subscribe(_commit.Converge);
        context.Packets.Subscribe(IgmpChannel, Receive);
        context.Packets.Subscribe(MissChannel, Miss);
        context.Bus.Provide(new DvmrpShow(_router, _commit, context.Interfaces));
        _timer = context.Strand.Schedule(s_second, Tick);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return DvmrpCommit.Validate(candidate);
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _commit!.Apply(committed.Get<DvmrpIntent>(), committed.Get<MulticastIntent>().Routing);
        if (_commit.IsEnabled && !_isWatching)
        {
            _isWatching = true;
            _ = Watch();
        }
    }

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        _stop.Cancel();
        _timer?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _timer?.Dispose();
    }

    private void Receive(PuntPacket packet)
    {
        if (_commit!.IsEnabled && packet.Payload.Length > 0 && packet.Payload[0] == DvmrpMessage.Type)
        {
            _router!.Receive(packet.Interface, packet.Source, packet.Payload.Span);
        }
    }

    private void Miss(PuntPacket packet)
    {
        if (_commit!.IsEnabled)
        {
            _router!.Forwarder.Miss(packet.Instance, packet.Source, packet.Destination);
        }
    }

    private void Tick()
    {
        _timer = _context!.Strand.Schedule(s_second, Tick);
        long now = _router!.State.Now;
        if (_synchroniseAt != 0 && (now >= _synchroniseAt || !_commit!.IsEnabled))
        {
            _synchroniseAt = 0;
            _context.Tables.EndOfSync();
        }

        if (!_commit!.IsEnabled)
        {
            return;
        }

        _router.Run();
        if (now >= _nextLook)
        {
            _nextLook = now + DvmrpTimes.Idle;
            _ = Look();
        }
    }

    // Which entries have had packets.
    private async Task Look()
    {
        try
        {
            Dictionary<(uint, uint), ulong> packets = [];
            foreach ((string key, RouteCounters counters) in await _context!.Modules.Snapshot<RouteCounters>(DvmrpRuntime.Table))
            {
                string[] parts = key.Split('/');
                packets[(Ipv4Number.Of(IPAddress.Parse(parts[1])), Ipv4Number.Of(IPAddress.Parse(parts[2])))] = counters.Packets;
            }

            _router!.Forwarder.Idle(packets);
        }
        catch (RpcException)
        {
            // No module is there: nothing has packets, and nothing is known of them.
        }
    }

    // Follows the members until the plugin stops.
    private async Task Watch()
    {
        Multicast.MulticastClient client = new(_context!.Bus.Invoker);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _router!.State.Members.Clear();
                using AsyncServerStreamingCall<MembersChange> changes = client.WatchMembers(new WatchMembersRequest(), cancellationToken: _stop.Token);
                while (await changes.ResponseStream.MoveNext(_stop.Token))
                {
                    MembersChange change = changes.ResponseStream.Current;
                    if (change.EndOfStart)
                    {
                        _router.Forwarder.SettleAll();
                    }
                    else
                    {
                        _router.Take(change);
                    }
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // The multicast plugin starts anew, or this one stops.
            }

            TaskCompletionSource again = new();
            using IDisposable timer = _context.Strand.Schedule(s_second, again.SetResult);
            await again.Task;
        }
    }
}
