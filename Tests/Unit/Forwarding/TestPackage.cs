using RouterOS.Forwarding;

namespace RouterOS.Unit.Forwarding;

/// <summary>A node package made of one action.</summary>
internal sealed class TestPackage(Action<INodeRegistry> register) : INodePackage
{
    public string Name => "test";

    public void Register(INodeRegistry registry) => register(registry);
}
