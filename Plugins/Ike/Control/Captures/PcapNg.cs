using System.Buffers.Binary;
using System.Text;

namespace RouterOS.Ike.Control.Captures;

// pcapng (draft-ietf-opsawg-pcapng): every block has its type and length in front, and its length again at the end.
//
// +---------------+---------------+------------------+---------------+
// | type          | total length  | body ... padding | total length  |
// +---------------+---------------+------------------+---------------+

/// <summary>Blocks of a pcapng file, little-endian, with IP packets and times in nanoseconds: pure.</summary>
internal static class PcapNg
{
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint ByteOrder = 0x1a2b3c4d;
    private const uint InterfaceDescription = 1;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;

    // LINKTYPE_RAW: an IPv4 or IPv6 header comes first.
    private const ushort RawIp = 101;

    private const ushort EndOfOptions = 0;
    private const ushort Comment = 1;
    private const ushort UserApplication = 4;
    private const ushort InterfaceName = 2;
    private const ushort InterfaceText = 3;
    private const ushort TimeResolution = 9;
    private const ushort PacketFlags = 2;
    private const ushort PacketsReceived = 4;
    private const ushort PacketsDropped = 5;
    private const byte Nanoseconds = 9;

    /// <summary>Begins a file.</summary>
    public static byte[] Section(string comment)
    {
        List<byte> body = [.. Number(ByteOrder), 1, 0, 0, 0, .. Number(ulong.MaxValue)];
        Option(body, Comment, Encoding.UTF8.GetBytes(comment));
        Option(body, UserApplication, "RouterOS"u8);
        Option(body, EndOfOptions, []);
        return Block(SectionHeader, body);
    }

    /// <summary>Describes the next interface; the first is number 0.</summary>
    public static byte[] Interface(string name, string description)
    {
        List<byte> body = [(byte)RawIp, RawIp >> 8, 0, 0, .. Number(0u)];
        Option(body, InterfaceName, Encoding.UTF8.GetBytes(name));
        Option(body, InterfaceText, Encoding.UTF8.GetBytes(description));
        Option(body, TimeResolution, [Nanoseconds]);
        Option(body, EndOfOptions, []);
        return Block(InterfaceDescription, body);
    }

    /// <summary>A packet.</summary>
    public static byte[] Packet(uint number, ulong unixNanoseconds, bool isOutbound, ReadOnlySpan<byte> packet)
    {
        List<byte> body = [.. Number(number), .. Number((uint)(unixNanoseconds >> 32)), .. Number((uint)unixNanoseconds),
            .. Number((uint)packet.Length), .. Number((uint)packet.Length), .. packet];
        Pad(body);
        Option(body, PacketFlags, Number(isOutbound ? 2u : 1u));
        Option(body, EndOfOptions, []);
        return Block(EnhancedPacket, body);
    }

    /// <summary>What was taken and lost on an interface.</summary>
    public static byte[] Statistics(uint number, ulong unixNanoseconds, ulong received, ulong lost)
    {
        List<byte> body = [.. Number(number), .. Number((uint)(unixNanoseconds >> 32)), .. Number((uint)unixNanoseconds)];
        Option(body, PacketsReceived, Number(received));
        Option(body, PacketsDropped, Number(lost));
        Option(body, EndOfOptions, []);
        return Block(InterfaceStatistics, body);
    }

    private static byte[] Block(uint type, List<byte> body)
    {
        byte[] length = Number((uint)(body.Count + 12));
        return [.. Number(type), .. length, .. body, .. length];
    }

    private static void Option(List<byte> body, ushort code, ReadOnlySpan<byte> value)
    {
        body.Add((byte)code);
        body.Add((byte)(code >> 8));
        body.Add((byte)value.Length);
        body.Add((byte)(value.Length >> 8));
        body.AddRange(value);
        Pad(body);
    }

    private static void Pad(List<byte> body)
    {
        while (body.Count % 4 != 0)
        {
            body.Add(0);
        }
    }

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
