using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>The station that packets to a peer go to first, and whether it answers on the link; unspecified where nobody knows.</summary>
internal readonly record struct NextHop(PeerAddress Address, PeerAddress Peer, Neighbor.Types.State State)
{
    /// <summary>The station in words.</summary>
    public string Text => Address == Peer ? "it" : $"the next hop {Ipv4.Text(Address)}";
}
