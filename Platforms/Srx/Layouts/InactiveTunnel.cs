using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>A tunnel that is down.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Gateway">Address of the peer, or the gateway's name where it has none.</param>
/// <param name="Port">The peer's UDP port, as its IKE SA has it: 500 until NAT traversal moves it.</param>
/// <param name="IsImmediate">It should be up whether there is traffic or not.</param>
/// <param name="Failure">What went wrong last; null: nothing did.</param>
internal sealed record InactiveTunnel(uint Id, string Gateway, uint Port, bool IsImmediate, Failure? Failure);
