using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Multicast.Control;

/// <summary>Multicast forwarding and IGMP: which interfaces take part, and who on them has joined what.</summary>
public sealed class MulticastPlugin : IControlPlugin, IDisposable
{
    private IControlContext? _context;
    private MulticastRuntime? _runtime;
    private MulticastCommit? _commit;
    private IDisposable? _timer;
    private long _timerDue = long.MaxValue;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "multicast",
        "Multicast forwarding, IGMP versions 1 to 3 (RFC 1112, 2236, 3376)",
        ["routeros.multicast.v1.Multicast"],
        [],
        [MulticastIntent.Descriptor.FullName]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        MemberWatchers watchers = new();
        _context = context;
        _runtime = new MulticastRuntime(context, watchers);
        _commit = new MulticastCommit(context.Tables, context.Interfaces, _runtime);
        context.Interfaces.Subscribe(() => Then(_commit.Converge));
        context.Packets.Subscribe(MulticastRuntime.Channel, packet => Then(() => Receive(packet)));
        context.Bus.Provide(new MulticastShow(_commit, watchers, _runtime, Plan));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return MulticastCommit.Validate(candidate);
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        Then(() => _commit!.Apply(committed.Get<MulticastIntent>(), committed.Get<DvmrpIntent>()));
    }

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        _timer?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Receive(PuntPacket packet)
    {
        // DVMRP shares the protocol's number.
        if (packet.Payload.Length > 0 && packet.Payload[0] != (byte)Wire.IgmpType.Dvmrp && _commit!.Find(packet.Interface) is { } at)
        {
            at.Receive(packet.Source, packet.Destination, (byte)packet.Ttl, packet.Payload.Span);
        }
    }

    private void Then(Action work)
    {
        work();
        Plan();
    }

    // One timer, for whatever comes first.
    private void Plan()
    {
        long due = _commit!.Interfaces.Values.Select(i => i.Due).DefaultIfEmpty(long.MaxValue).Min();
        if (due == _timerDue)
        {
            return;
        }

        _timer?.Dispose();
        _timerDue = due;
        _timer = due == long.MaxValue ? null
            : _context!.Strand.Schedule(TimeSpan.FromMilliseconds(Math.Max(due - _runtime!.Now, 0)), Run);
    }

    private void Run()
    {
        _timerDue = long.MaxValue;
        long now = _runtime!.Now;
        foreach (IgmpInterface each in _commit!.Interfaces.Values.Where(i => i.Due <= now).ToArray())
        {
            each.Run();
        }

        Plan();
    }
}
