using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Aaa.Control;

/// <summary>Users: who they are, what they get, what they have used.</summary>
public sealed class AaaPlugin : IControlPlugin, IDisposable
{
    private static readonly TimeSpan s_watchAgain = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private AaaService? _service;
    private RadiusSide? _radius;
    private Task? _watch;
    private IDisposable? _again;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "aaa",
        "Authentication, authorisation and accounting of users: local users, RADIUS and address pools",
        ["routeros.aaa.v1.Aaa"],
        [],
        ["routeros.aaa.v1.AaaIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _radius = new RadiusSide(context.Bus.Invoker);
        RefusalBook refusals = new(
            context.Time, (user, reason) => AaaLog.NotLetIn(context.Log, user, reason),
            (user, count, seconds, reason) => AaaLog.NotLetInAgain(context.Log, user, count, seconds, reason),
            (user, count) => AaaLog.LetInAtLast(context.Log, user, count));
        _service = new AaaService(
            new LocalUsers(context.Mac, context.Cipher), new AddressPools(), context.Time, refusals.Refused, _radius, refusals.Admitted);
        _watch = Watch(context);
        context.Bus.Provide(_service);
    }

    // RADIUS may restart: it is watched again.
    private async Task Watch(IControlContext context)
    {
        await _radius!.Watch(() => [.. _service!.All], _stopping.Token);
        if (!_stopping.IsCancellationRequested)
        {
            _again = context.Strand.Schedule(s_watchAgain, () => _watch = Watch(context));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return AaaCommit.Validate(candidate.Get<AaaIntent>(), candidate.Get<RadiusIntent>());
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _service!.Apply(committed.Get<AaaIntent>(), committed.Get<RadiusIntent>());
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        _again?.Dispose();
        await _stopping.CancelAsync();
        await (_watch ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
