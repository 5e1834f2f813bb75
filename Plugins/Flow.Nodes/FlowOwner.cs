using RouterOS.Forwarding;

namespace RouterOS.Flow.Nodes;

/// <summary>The worker of a flow, the same for both directions.</summary>
internal static class FlowOwner
{
    /// <summary>
    /// That of the tunnel that the flow comes by or leaves by, of two the one with the smaller number, else one by hash.
    /// </summary>
    public static int Of(ForwardingTables tables, WorkerServices worker, uint ingress, uint egress, in FlowKey key)
    {
        uint one = tables.ProtectionOf(ingress);
        uint other = tables.ProtectionOf(egress);
        uint protection = one == 0 || (other != 0 && other < one) ? other : one;
        return protection != 0 ? worker.OwnerOf(protection) : (int)(key.SymmetricHash() % (uint)worker.Workers);
    }
}
