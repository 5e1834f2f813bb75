using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Bus;

/// <summary>One offered service.</summary>
internal sealed class BusService(string name, IStrand strand, IDisposable registration, ServiceBus bus) : IDisposable
{
    public string Name { get; } = name;

    public IStrand Strand { get; } = strand;

    public void Dispose()
    {
        registration.Dispose();
        bus.Forget(this);
    }
}
