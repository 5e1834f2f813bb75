using System.Buffers.Binary;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A UDP datagram on the wire.</summary>
internal sealed record Datagram(uint Source, uint Destination, ushort SourcePort, ushort DestinationPort, byte[] Payload, uint AvoidProtection = 0)
{
    public bool IsKeepalive => Payload is [0xff];

    public bool HasMarker => (SourcePort == 4500 || DestinationPort == 4500) && Payload is [0, 0, 0, 0, ..];

    /// <summary>The message of IKE, without the marker.</summary>
    public byte[] Isakmp => HasMarker ? Payload[4..] : Payload;

    public byte Exchange => IsKeepalive ? (byte)0 : Isakmp[18];

    public bool IsEncrypted => !IsKeepalive && (Isakmp[19] & 1) != 0;

    public uint Message => BinaryPrimitives.ReadUInt32BigEndian(Isakmp.AsSpan(20));
}
