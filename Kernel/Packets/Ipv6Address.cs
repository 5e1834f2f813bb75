using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace RouterOS.Packets;

/// <summary>IPv6 addresses as 128-bit numbers: 2001:db8::1 is 0x20010DB8_0000_0000_0000_000000000001.</summary>
public static class Ipv6Address
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 16;

    /// <summary>The loopback address, ::1.</summary>
    public static UInt128 Loopback => UInt128.One;

    /// <summary>All nodes on the link, ff02::1.</summary>
    public static UInt128 AllNodes => new(0xff02_0000_0000_0000, 1);

    /// <summary>All routers on the link, ff02::2.</summary>
    public static UInt128 AllRouters => new(0xff02_0000_0000_0000, 2);

    /// <summary>Text as RFC 5952 has it.</summary>
    public static string Format(UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>Reads text without a zone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        if (text.ContainsAny("%[]/") || !IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Length];
        _ = parsed.TryWriteBytes(bytes, out _);
        address = Read(bytes);
        return true;
    }

    /// <summary>The address in the first 16 bytes.</summary>
    public static UInt128 Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>Writes 16 bytes.</summary>
    public static void Write(Span<byte> bytes, UInt128 address) => BinaryPrimitives.WriteUInt128BigEndian(bytes, address);

    /// <summary>The mask of a prefix length from 0 to 128.</summary>
    public static UInt128 Mask(int prefixLength) => prefixLength == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefixLength);

    /// <summary>True for ff00::/8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsMulticast(UInt128 address) => (byte)(address >> 120) == 0xff;

    /// <summary>True for fe80::/10.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLinkLocal(UInt128 address) => (ushort)(address >> 118) == 0xfe80 >> 6;

    /// <summary>True for the groups that never leave their link: interface-local and link-local scope (RFC 4291 section 2.7).</summary>
    public static bool IsLinkScopeGroup(UInt128 address) => IsMulticast(address) && ((byte)(address >> 112) & 0x0f) is 1 or 2;

    /// <summary>The group in which a node hears that somebody looks for its address (RFC 4291 section 2.7.1).</summary>
    public static UInt128 SolicitedNode(UInt128 address) => new(0xff02_0000_0000_0000, 0x0000_0001_ff00_0000 | ((ulong)address & 0xff_ffff));

    /// <summary>The link-local address that an Ethernet address makes (RFC 4291 appendix A).</summary>
    public static UInt128 LinkLocalOf(ReadOnlySpan<byte> ethernet)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes.Clear();
        bytes[0] = 0xfe;
        bytes[1] = 0x80;
        ethernet[..3].CopyTo(bytes[8..]);
        bytes[8] ^= 2;
        bytes[11] = 0xff;
        bytes[12] = 0xfe;
        ethernet.Slice(3, 3).CopyTo(bytes[13..]);
        return Read(bytes);
    }

    /// <summary>True where nobody can have sent from this address: unspecified, loopback or a group (RFC 4291 section 2.5).</summary>
    public static bool IsMartianSource(UInt128 address) => address <= UInt128.One || IsMulticast(address);
}
