using System.Buffers.Binary;
using Google.Protobuf;
using RouterOS.Gre.Wire;
using RouterOS.Proto.Gre.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Packets;

namespace RouterOS.Gre.Control;

/// <summary>Keepalives of one tunnel: what is sent, and whether it comes back.</summary>
internal sealed class KeepaliveWatch(Keepalive configured)
{
    private const uint Protocol = 47;
    private const int Ipv4Bytes = 20;
    private const byte Ttl = 64;
    private const uint DefaultSeconds = 10;
    private const uint DefaultRetries = 3;

    private ulong _returned;
    private uint _missed;
    private bool _hasAsked;

    /// <summary>Time between two.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(configured.IntervalSeconds == 0 ? DefaultSeconds : configured.IntervalSeconds);

    /// <summary>When the next one is due.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>True when too many have not come back.</summary>
    public bool IsLost => _missed >= (configured.Retries == 0 ? DefaultRetries : configured.Retries);

    /// <summary>Takes the count of those that came back, before the next one is sent.</summary>
    public void Learn(ulong returned)
    {
        _missed = !_hasAsked || returned != _returned ? 0 : _missed + 1;
        _returned = returned;
        _hasAsked = true;
    }

    /// <summary>
    /// The packet: inside of it one from the peer to us with nothing in it, which the peer takes out and sends where it is addressed to.
    /// </summary>
    public static InjectPacket Make(GreTunnel tunnel, uint protection)
    {
        ushort flags = tunnel.Configured.HasKey ? GreHeader.KeyFlag : (ushort)0;
        byte[] inner = new byte[Ipv4Bytes + GreHeader.LengthOf(flags)];
        GreHeader.Write(inner.AsSpan(Ipv4Bytes), flags, GreProtocol.Keepalive, tunnel.Configured.Key);
        WriteIpv4(inner, tunnel.Remote, tunnel.Local);
        ushort outer = (ushort)(flags | (tunnel.Configured.Checksum ? GreHeader.ChecksumFlag : 0));
        byte[] payload = new byte[GreHeader.LengthOf(outer) + inner.Length];
        GreHeader.Write(payload, outer, GreProtocol.Ipv4, tunnel.Configured.Key);
        inner.CopyTo(payload, GreHeader.LengthOf(outer));
        if (tunnel.Configured.Checksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(GreHeader.ChecksumOffset), InternetChecksum.Of(payload));
        }

        return new InjectPacket
        {
            Instance = tunnel.Instance ?? 0,
            Source = tunnel.Local,
            Destination = tunnel.Remote,
            Protocol = Protocol,
            Payload = UnsafeByteOperations.UnsafeWrap(payload),
            RequiredProtection = protection,
        };
    }

    private static void WriteIpv4(Span<byte> packet, uint source, uint destination)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet[8] = Ttl;
        packet[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Of(packet[..Ipv4Bytes]));
    }
}
