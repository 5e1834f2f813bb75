namespace RouterOS.Flow.Nodes;

/// <summary>What the policies say of a flow.</summary>
/// <param name="Policy">Number of the policy that decided; 0: the default.</param>
/// <param name="Action">What to do.</param>
/// <param name="TimeoutSeconds">The application's idle timeout; 0: the protocol's.</param>
/// <param name="Protection">What the flow's packets leave by; 0: nothing in particular.</param>
/// <param name="Inbound">They come by it, and their answers leave by it.</param>
internal readonly record struct PolicyVerdict(
    uint Policy, Proto.Flow.V1.Policy.Types.Action Action, ushort TimeoutSeconds, uint Protection = 0, bool Inbound = false);
