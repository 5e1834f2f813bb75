using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>A peer that says nothing, in words.</summary>
internal static class Silence
{
    /// <summary>No answer to a message of phase 1.</summary>
    public static IkeFailure AfterMessage(int message, string mode, GatewayPolicy policy, PeerAddress remote) => new(
        FailureKind.NoResponse, 1, $"no response from {Ipv4.Text(remote)} to {mode} message {message} after {Schedules.Attempts} attempts",
        policy.RemoteSource)
    {
        Aspect = message == 1 ? FailureAspect.Missing : FailureAspect.None,
    };

    /// <summary>The peer answered on port 500; message 5, the first on 4500, has no answer.</summary>
    public static IkeFailure OnPort4500(GatewayPolicy policy, PeerAddress remote) => new(
        FailureKind.Blocked, 1,
        $"{Ipv4.Text(remote)} answers on UDP 500 but not on UDP 4500, where a NAT between makes IKE go on: UDP 4500 is blocked between, or the preshared keys differ",
        policy.RemoteSource)
    {
        Aspect = FailureAspect.Udp4500,
    };

    /// <summary>The peer got our message 4 on port 500, found a NAT, and nothing of it came on 4500.</summary>
    public static IkeFailure BeforePort4500(GatewayPolicy policy, PeerAddress remote) => new(
        FailureKind.Blocked, 1, $"{Ipv4.Text(remote)} is behind a NAT and spoke on UDP 500, but nothing of it came on UDP 4500: UDP 4500 is blocked between",
        policy.RemoteSource)
    {
        Aspect = FailureAspect.Udp4500,
    };
}
