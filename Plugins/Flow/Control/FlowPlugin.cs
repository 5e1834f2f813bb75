using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Flow.Control;

/// <summary>Control half of flow: compiles zones and policies into rows, and answers for sessions.</summary>
public sealed class FlowPlugin : IControlPlugin
{
    private FlowCommit? _commit;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "flow",
        "Zones, policies and stateful sessions",
        Provides: ["routeros.flow.v1.Flow"],
        DependsOn: [],
        Intents: [FlowIntent.Descriptor.FullName]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        FlowCommit commit = new(context);
        _commit = commit;
        context.Interfaces.Subscribe(commit.Converge);
        context.Modules.Subscribe("flow", happened => FlowLog.TableFull(context.Log, happened.Count));
        SessionLog sessions = new(commit, context);
        context.Modules.Subscribe("flow-log", happened => _ = sessions.Take());
        context.Bus.Provide(new FlowShow(commit, context));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return FlowValidation.Check(candidate.Get<FlowIntent>(), candidate.Get<SystemIntent>());
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        _commit?.Apply(committed.Get<FlowIntent>());
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
