using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using RouterOS.Sdk.Intents;

namespace RouterOS.Erx.Bindings;

/// <summary>The configuration language of the series, and what its statements ask of the kernel and the plugins.</summary>
internal sealed class ErxLanguage(ErxModel model) : IScriptLanguage
{
    /// <inheritdoc/>
    public string Name => "junose";

    /// <inheritdoc/>
    public StatementSchema Root => ErxStatements.Root;

    /// <inheritdoc/>
    public ScriptMode Global => ErxStatements.Global;

    /// <inheritdoc/>
    public string ContextList => ErxStatements.VirtualRouters;

    /// <inheritdoc/>
    public string DefaultContext => ErxStatements.DefaultRouter;

    /// <inheritdoc/>
    public IReadOnlyList<string> Banner =>
    [
        $"! Configuration script of {model.Model}",
        "!",
    ];

    /// <inheritdoc/>
    public Binding Bind(Statement tree, ChassisProfile profile)
    {
        StatementView root = StatementView.Of(tree);
        List<Finding> findings = [];
        VirtualRouter router = VirtualRouter.Forwarding(root, profile, findings);
        return new Binding(
            new IntentSet(
            [
                SystemBinding.Bind(root, router, findings),
                FlowBinding.Bind(router),
                IkeBinding.Bind(root, router, profile, findings),
                L2tpBinding.Bind(root, router, profile, findings),
                PppBinding.Bind(root),
                AaaBinding.Bind(root, router, findings),
                RadiusBinding.Bind(router, findings),
            ]),
            findings);
    }
}
