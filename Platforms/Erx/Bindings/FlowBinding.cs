using RouterOS.Proto.Flow.V1;

namespace RouterOS.Erx.Bindings;

/// <summary>The series has neither zones nor policies: packets are not judged; all interfaces are in one zone where everything would be permitted.</summary>
internal static class FlowBinding
{
    private const string Everything = "everything";

    /// <summary>Makes the intent.</summary>
    public static FlowIntent Bind(IReadOnlyList<VirtualRouter> routers)
    {
        FlowIntent intent = new() { DefaultPermit = true, Off = true };
        Zone zone = new() { Name = Everything, HostInbound = new HostInbound { AllServices = true, AllProtocols = true } };
        zone.Interfaces.Add(routers.SelectMany(r => r.Interfaces.Select(i => new ZoneInterface { Name = r.KernelName(i.Key), Source = i.Source })));
        if (zone.Interfaces.Count > 0)
        {
            intent.Zones.Add(zone);
        }

        return intent;
    }
}
