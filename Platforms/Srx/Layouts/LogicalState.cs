using System.Net;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Srx.Layouts;

/// <summary>A unit as <c>show interfaces</c> prints it.</summary>
/// <param name="State">What the kernel knows.</param>
/// <param name="Up">Carries traffic: the link is up, a tunnel has an SA.</param>
/// <param name="Inet">Has <c>family inet</c>.</param>
/// <param name="Description">Its description; may be empty.</param>
/// <param name="Zone">Its zone; empty for none.</param>
/// <param name="Counters">Its counters.</param>
/// <param name="Rate">Its traffic per second.</param>
/// <param name="Flow">Counters of sessions and policies.</param>
/// <param name="Errors">Further drops.</param>
internal sealed record LogicalState(
    InterfaceState State,
    bool Up,
    bool Inet,
    string Description,
    string Zone,
    InterfaceCounters Counters,
    InterfaceRate Rate,
    InterfaceFlowCounters Flow,
    FlowErrors Errors)
{
    /// <summary>Its link-local address, where it has one.</summary>
    public IPAddress? LinkLocal { get; init; }
}
