using RouterOS.Abstractions.Ports;

namespace RouterOS.Forwarding.Plane;

/// <summary>A port as it is wired.</summary>
/// <param name="Name">The platform's name, for example <c>ge-0/0/1</c>.</param>
/// <param name="Driver">Driver and argument, as <c>packet:eth1</c>.</param>
/// <param name="Port">The open port; the plane disposes it.</param>
public sealed record PlanePort(string Name, string Driver, IPort Port);
