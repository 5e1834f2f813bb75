using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Intents;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>The configuration language of the family, and what its statements ask of the kernel and the plugins.</summary>
internal sealed class SrxLanguage : IConfigurationLanguage
{
    /// <inheritdoc/>
    public string Name => "junos";

    /// <inheritdoc/>
    public StatementSchema Root => SrxStatements.Root;

    /// <inheritdoc/>
    public Statement Expand(Statement tree, ChassisProfile profile, ICollection<Finding> findings) =>
        InterfaceRanges.Expand(GroupInheritance.Expand(tree, Root, findings), Root, profile, findings);

    /// <inheritdoc/>
    public Binding Bind(Statement tree, ChassisProfile profile)
    {
        StatementView root = StatementView.Of(tree);
        List<Finding> findings = [];
        PolicyTunnels tunnels = new(root, findings);
        return new Binding(
            new IntentSet(
            [
                SystemBinding.Bind(root, profile, findings),
                IkeBinding.Bind(root, tunnels, findings),
                FlowBinding.Bind(root, tunnels, findings),
                RadiusBinding.Bind(root),
                TunnelBinding.Bind(root, findings),
            ]),
            findings);
    }
}
