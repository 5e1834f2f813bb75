using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RouterOS.Core.Network;

/// <summary>An IPv4 prefix as numbers in host byte order; bits behind its length are zero.</summary>
/// <param name="Address">Network address.</param>
/// <param name="Length">Its bits.</param>
public readonly record struct Ipv4Prefix(uint Address, int Length)
{
    /// <summary>Last address of the prefix.</summary>
    public uint Broadcast => Address | ~Mask(Length);

    /// <summary>The network that an address of an interface lies in.</summary>
    public static Ipv4Prefix Around(uint address, int length) => new(address & Mask(length), length);

    /// <summary>Reads an address; false for anything that is not IPv4 text.</summary>
    public static bool TryParse(string text, out uint address)
    {
        bool parsed = IPAddress.TryParse(text, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork;
        address = parsed ? ToNumber(ip!) : 0;
        return parsed;
    }

    /// <summary>An address as a number.</summary>
    public static uint ToNumber(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }

    /// <summary>A number as an address.</summary>
    public static IPAddress ToAddress(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new(bytes);
    }

    /// <summary>True when the address lies in the prefix.</summary>
    public bool Contains(uint address) => (address & Mask(Length)) == Address;

    /// <summary>True when the prefixes have an address in common.</summary>
    public bool Overlaps(Ipv4Prefix other) => Length <= other.Length ? Contains(other.Address) : other.Contains(Address);

    /// <inheritdoc/>
    public override string ToString() => $"{ToAddress(Address)}/{Length}";

    private static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
