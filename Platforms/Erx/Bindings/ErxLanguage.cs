using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
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
        IReadOnlyList<VirtualRouter> routers = VirtualRouter.All(root, profile, findings);
        IkeIntent ike = IkeBinding.Bind(root, routers, profile, findings);
        return new Binding(
            new IntentSet(
            [
                SystemBinding.Bind(root, routers, findings),
                FlowBinding.Bind(routers),
                ike,
                TunnelBinding.Bind(routers, ike, model, profile, findings),
                L2tpBinding.Bind(root, routers, profile, findings),
                PppBinding.Bind(root),
                AaaBinding.Bind(root, routers, findings),
                RadiusBinding.Bind(routers, findings),
                MulticastBinding.BindMulticast(routers),
                MulticastBinding.BindDvmrp(routers, findings),
            ]),
            findings);
    }
}
