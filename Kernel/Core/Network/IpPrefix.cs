using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RouterOS.Core.Network;

/// <summary>An IPv4 or IPv6 prefix as a number in host byte order; bits behind its length are zero.</summary>
/// <param name="Address">Network address; of IPv4 in the low 32 bits.</param>
/// <param name="Length">Its bits.</param>
/// <param name="IsVersion6">The family.</param>
public readonly record struct IpPrefix(UInt128 Address, int Length, bool IsVersion6)
{
    /// <summary>Bits of an address of the family.</summary>
    public int Bits => IsVersion6 ? 128 : 32;

    /// <summary>Last address of the prefix.</summary>
    public IpPrefix Broadcast => this with { Address = Address | (Mask(Bits, Bits) ^ Mask(Length, Bits)), Length = Bits };

    /// <summary>The network address.</summary>
    public IPAddress Network => IsVersion6 ? ToAddress6(Address) : ToAddress((uint)Address);

    /// <summary>The network that an address lies in.</summary>
    public static IpPrefix Around(IPAddress address, int length)
    {
        IpPrefix host = Host(address);
        return host with { Address = host.Address & Mask(length, host.Bits), Length = length };
    }

    /// <summary>The prefix of one address.</summary>
    public static IpPrefix Host(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new(BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes()), 128, true)
            : new(ToNumber(address), 32, false);
    }

    /// <summary>Reads an address of either family, without a zone.</summary>
    public static bool TryParse(string text, out IPAddress address)
    {
        bool parsed = IPAddress.TryParse(text, out IPAddress? ip) && ip is not { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 };
        address = parsed ? ip! : IPAddress.Any;
        return parsed;
    }

    /// <summary>Reads an address and the bits of a prefix around it; false where they do not fit.</summary>
    public static bool TryParse(string text, uint length, out IPAddress address) =>
        TryParse(text, out address) && length <= (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128u : 32u);

    /// <summary>An IPv4 address as a number.</summary>
    public static uint ToNumber(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }

    /// <summary>A number as an IPv4 address.</summary>
    public static IPAddress ToAddress(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new(bytes);
    }

    /// <summary>True when the address lies in the prefix.</summary>
    public bool Contains(IpPrefix host) => host.IsVersion6 == IsVersion6 && (host.Address & Mask(Length, Bits)) == Address;

    /// <summary>True when the prefixes have an address in common.</summary>
    public bool Overlaps(IpPrefix other) => Length <= other.Length ? Contains(other) : other.Contains(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Network}/{Length}";

    private static IPAddress ToAddress6(UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new(bytes);
    }

    private static UInt128 Mask(int length, int bits) =>
        length == 0 ? UInt128.Zero : (UInt128.MaxValue >> (128 - bits)) & (UInt128.MaxValue << (bits - length));
}
