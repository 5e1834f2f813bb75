using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Aaa.Control;

/// <summary>Users: who they are, what they get, what they have used.</summary>
public sealed class AaaPlugin : IControlPlugin
{
    private AaaService? _service;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "aaa",
        "Authentication, authorisation and accounting of users: local users and address pools",
        ["routeros.aaa.v1.Aaa"],
        [],
        ["routeros.aaa.v1.AaaIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _service = new AaaService(
            new LocalUsers(context.Mac, context.Cipher), new AddressPools(), context.Time,
            (user, reason) => AaaLog.NotLetIn(context.Log, user, reason));
        context.Bus.Provide(_service);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return AaaCommit.Validate(candidate.Get<AaaIntent>());
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _service!.Apply(committed.Get<AaaIntent>());
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
