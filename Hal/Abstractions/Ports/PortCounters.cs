namespace RouterOS.Abstractions.Ports;

/// <summary>What a port's driver counted.</summary>
/// <param name="ReceiveDrops">Frames that the wire's receive queue lost.</param>
/// <param name="TransmitDrops">Frames that the wire did not take.</param>
public readonly record struct PortCounters(ulong ReceiveDrops, ulong TransmitDrops);
