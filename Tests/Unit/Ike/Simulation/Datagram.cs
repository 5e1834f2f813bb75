namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A UDP datagram on the wire.</summary>
internal sealed record Datagram(uint Source, uint Destination, ushort SourcePort, ushort DestinationPort, byte[] Payload, uint AvoidProtection = 0)
{
    public byte Exchange => Payload[18];

    public bool IsEncrypted => (Payload[19] & 1) != 0;

    public uint Message => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(20));
}
