using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Addresses of one side of a tunnel, first and last included.</summary>
internal readonly record struct AddressRange(uint First, uint Last)
{
    /// <summary>Every address: 0.0.0.0/0.</summary>
    public static AddressRange All { get; } = new(0, uint.MaxValue);

    /// <summary>One address.</summary>
    public static AddressRange Of(PeerAddress address) => new(address.Number, address.Number);

    /// <summary>Reads a prefix; empty is 0.0.0.0/0. Bits behind the prefix must be zero.</summary>
    public static bool TryParse(string prefix, out AddressRange range)
    {
        range = All;
        if (prefix.Length == 0)
        {
            return true;
        }

        string[] parts = prefix.Split('/');
        if (parts.Length > 2 || !Ipv4.TryParse(parts[0], out uint address))
        {
            return false;
        }

        int length = 32;
        if (parts.Length == 2
            && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > 32))
        {
            return false;
        }

        uint host = HostMask(length);
        range = new AddressRange(address, address | host);
        return (address & host) == 0;
    }

    /// <summary>Reads the addresses of a peer's proxy identity; false for a type or mask that is no range of IPv4 addresses.</summary>
    public static bool TryRead(IdentificationPayload identity, out AddressRange range)
    {
        range = default;
        ReadOnlySpan<byte> data = identity.Data;
        switch (identity.Type)
        {
            case IdentityType.Ipv4Address:
                uint address = BinaryPrimitives.ReadUInt32BigEndian(data);
                range = new AddressRange(address, address);
                return true;

            case IdentityType.Ipv4Subnet:
                uint mask = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
                uint network = BinaryPrimitives.ReadUInt32BigEndian(data) & mask;
                range = new AddressRange(network, network | ~mask);
                return (~mask & (~mask + 1)) == 0;

            case IdentityType.Ipv4Range:
                range = new AddressRange(BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
                return range.First <= range.Last;

            default:
                return false;
        }
    }

    /// <summary>True when every address of <paramref name="other"/> is in it.</summary>
    public bool Contains(AddressRange other) => First <= other.First && other.Last <= Last;

    /// <summary>The body of an identification payload that says this range.</summary>
    public byte[] ToIdentity(byte protocol, ushort port)
    {
        if (First == Last)
        {
            return IdentificationPayload.Create(IdentityType.Ipv4Address, protocol, port, Bytes.Of(First));
        }

        bool subnet = PrefixLength() >= 0;
        return IdentificationPayload.Create(
            subnet ? IdentityType.Ipv4Subnet : IdentityType.Ipv4Range, protocol, port,
            [.. Bytes.Of(First), .. Bytes.Of(subnet ? ~(First ^ Last) : Last)]);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        int length = PrefixLength();
        return length >= 0 ? $"{Ipv4.Text(First)}/{length}" : $"{Ipv4.Text(First)}-{Ipv4.Text(Last)}";
    }

    private static uint HostMask(int length) => length == 0 ? uint.MaxValue : (1u << (32 - length)) - 1;

    private int PrefixLength()
    {
        int length = BitOperations.LeadingZeroCount(First ^ Last);
        uint host = HostMask(length);
        return (First & host) == 0 && (Last & host) == host ? length : -1;
    }
}
