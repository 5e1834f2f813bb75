namespace RouterOS.Flow.Nodes;

/// <summary>What the policies say of a flow.</summary>
/// <param name="Policy">Number of the policy that decided; 0: the default.</param>
/// <param name="Action">What to do.</param>
/// <param name="TimeoutSeconds">The application's idle timeout; 0: the protocol's.</param>
internal readonly record struct PolicyVerdict(uint Policy, Proto.Flow.V1.Policy.Types.Action Action, ushort TimeoutSeconds);
