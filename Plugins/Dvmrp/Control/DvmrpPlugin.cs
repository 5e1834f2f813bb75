using System.Globalization;
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
    private readonly Dictionary<string, DvmrpCommit> _instances = new(StringComparer.Ordinal);
    private readonly DvmrpMembers _members = new();
    private IControlContext? _context;
    private DvmrpRuntime? _runtime;
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
        _context = context;
        _runtime = new DvmrpRuntime(context);
        // What forwards goes on until neighbours have told their routes again.
        _synchroniseAt = _runtime.Now + DvmrpTimes.Report;
        context.Interfaces.Subscribe(Converge);
        context.Routes.Subscribe(Converge);
        context.Packets.Subscribe(IgmpChannel, Receive);
        context.Packets.Subscribe(MissChannel, Miss);
        context.Bus.Provide(new DvmrpShow(_instances, context.Interfaces));
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
        Dictionary<string, DvmrpProcess> wanted = new(StringComparer.Ordinal);
        foreach (DvmrpProcess process in committed.Get<DvmrpIntent>().Processes)
        {
            wanted[process.Instance] = process;
        }

        foreach (string gone in _instances.Keys.Where(name => !wanted.ContainsKey(name)).ToArray())
        {
            _instances[gone].Apply(new DvmrpProcess { Instance = gone });
            _ = _instances.Remove(gone);
        }

        foreach ((string name, DvmrpProcess process) in wanted)
        {
            if (!_instances.TryGetValue(name, out DvmrpCommit? known))
            {
                DvmrpRouter router = new(_runtime!, _members);
                router.State.Generation = (uint)_context!.Time.GetUtcNow().ToUnixTimeSeconds();
                _instances[name] = known = new DvmrpCommit(name, router, _context.Interfaces, _context.Routes);
            }

            known.Apply(process);
        }

        if (Running.Any() && !_isWatching)
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

    private IEnumerable<DvmrpCommit> Running => _instances.Values.Where(i => i.IsEnabled);

    private void Converge()
    {
        foreach (DvmrpCommit instance in _instances.Values)
        {
            instance.Converge();
        }
    }

    private void Receive(PuntPacket packet)
    {
        if (packet.Payload.Length > 0 && packet.Payload[0] == DvmrpMessage.Type && Find(packet.Instance) is { } instance)
        {
            instance.Router.Receive(packet.Interface, packet.Source, packet.Payload.Span);
        }
    }

    private void Miss(PuntPacket packet)
    {
        Find(packet.Instance)?.Router.Forwarder.Miss(packet.Instance, packet.Source, packet.Destination);
    }

    private DvmrpCommit? Find(uint number) => Running.FirstOrDefault(i => i.Number == number);

    private void Tick()
    {
        _timer = _context!.Strand.Schedule(s_second, Tick);
        long now = _runtime!.Now;
        if (_synchroniseAt != 0 && (now >= _synchroniseAt || !Running.Any()))
        {
            _synchroniseAt = 0;
            _context.Tables.EndOfSync();
        }

        foreach (DvmrpCommit instance in Running)
        {
            instance.Router.Run();
        }

        if (now >= _nextLook && Running.Any())
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
            Dictionary<uint, Dictionary<(uint Source, uint Group), ulong>> packets = [];
            foreach ((string key, RouteCounters counters) in await _context!.Modules.Snapshot<RouteCounters>(DvmrpRuntime.Table))
            {
                string[] parts = key.Split('/');
                uint number = uint.Parse(parts[0], CultureInfo.InvariantCulture);
                if (!packets.TryGetValue(number, out Dictionary<(uint Source, uint Group), ulong>? of))
                {
                    packets[number] = of = [];
                }

                of[(Ipv4Number.Of(IPAddress.Parse(parts[1])), Ipv4Number.Of(IPAddress.Parse(parts[2])))] = counters.Packets;
            }

            foreach (DvmrpCommit instance in Running)
            {
                instance.Router.Forwarder.Idle(packets.GetValueOrDefault(instance.Number ?? 0) ?? []);
            }
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
                _members.Clear();
                using AsyncServerStreamingCall<MembersChange> changes = client.WatchMembers(new WatchMembersRequest(), cancellationToken: _stop.Token);
                while (await changes.ResponseStream.MoveNext(_stop.Token))
                {
                    MembersChange change = changes.ResponseStream.Current;
                    _members.Take(change);
                    foreach (DvmrpCommit instance in Running)
                    {
                        instance.Router.MembersChanged(change);
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
