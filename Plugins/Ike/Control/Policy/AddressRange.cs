using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Addresses of one side of a tunnel, first and last included.</summary>
/// <remarks>Of IPv6 <see cref="First6"/> and <see cref="Last6"/> are the addresses, and the numbers are a range without any.</remarks>
internal readonly record struct AddressRange(uint First, uint Last)
{
    /// <summary>Every IPv6 address: ::/0.</summary>
    public static AddressRange All6 { get; } = Of(0, UInt128.MaxValue);

    public bool IsVersion6 { get; private init; }

    public UInt128 First6 { get; private init; }

    public UInt128 Last6 { get; private init; }

    /// <summary>A range of IPv6 addresses.</summary>
    public static AddressRange Of(UInt128 first, UInt128 last) => new(1, 0) { IsVersion6 = true, First6 = first, Last6 = last };

    /// <summary>A range of either family by its ends.</summary>
    public static AddressRange Of(PeerAddress first, PeerAddress last) =>
        first.IsVersion6 ? Of(first.Value, last.Value) : new(first.Number, last.Number);

    /// <summary>The first address as either family has it.</summary>
    public PeerAddress FirstAddress => IsVersion6 ? new PeerAddress(First6, true) : First;

    /// <summary>The last one.</summary>
    public PeerAddress LastAddress => IsVersion6 ? new PeerAddress(Last6, true) : Last;

    /// <summary>Every address of its family.</summary>
    public bool IsAll => this == All || this == All6;

    /// <summary>One address alone.</summary>
    public bool IsOne => FirstAddress == LastAddress;

    /// <summary>Every address: 0.0.0.0/0.</summary>
    public static AddressRange All { get; } = new(0, uint.MaxValue);

    /// <summary>One address.</summary>
    public static AddressRange Of(PeerAddress address) => Of(address, address);

    /// <summary>Reads a prefix of either family; empty is 0.0.0.0/0. Bits behind the prefix must be zero.</summary>
    public static bool TryParse(string prefix, out AddressRange range)
    {
        range = All;
        if (prefix.Length == 0)
        {
            return true;
        }

        string[] parts = prefix.Split('/');
        if (parts.Length <= 2 && PeerAddress.TryParse(parts[0], out PeerAddress address6) && address6.IsVersion6)
        {
            int length6 = 128;
            if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length6) || length6 > 128))
            {
                return false;
            }

            range = Of(address6.Value, address6.Value | HostMask6(length6));
            return (address6.Value & HostMask6(length6)) == 0;
        }

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

            case IdentityType.Ipv6Address:
                range = Of(PeerAddress.FromBytes(data));
                return true;

            case IdentityType.Ipv6Subnet:
                UInt128 mask6 = BinaryPrimitives.ReadUInt128BigEndian(data[16..]);
                UInt128 network6 = BinaryPrimitives.ReadUInt128BigEndian(data) & mask6;
                range = Of(network6, network6 | ~mask6);
                return (~mask6 & (~mask6 + 1)) == 0;

            case IdentityType.Ipv6Range:
                range = Of(BinaryPrimitives.ReadUInt128BigEndian(data), BinaryPrimitives.ReadUInt128BigEndian(data[16..]));
                return range.First6 <= range.Last6;

            default:
                return false;
        }
    }

    /// <summary>True when every address of <paramref name="other"/> is in it.</summary>
    public bool Contains(AddressRange other) => IsVersion6 == other.IsVersion6
        && (IsVersion6 ? First6 <= other.First6 && other.Last6 <= Last6 : First <= other.First && other.Last <= Last);

    /// <summary>The body of an identification payload that says this range.</summary>
    public byte[] ToIdentity(byte protocol, ushort port)
    {
        if (IsVersion6)
        {
            bool subnet6 = PrefixLength6() >= 0;
            return First6 == Last6
                ? IdentificationPayload.Create(IdentityType.Ipv6Address, protocol, port, FirstAddress.ToBytes())
                : IdentificationPayload.Create(
                    subnet6 ? IdentityType.Ipv6Subnet : IdentityType.Ipv6Range, protocol, port,
                    [.. FirstAddress.ToBytes(), .. subnet6 ? new PeerAddress(~(First6 ^ Last6), true).ToBytes() : LastAddress.ToBytes()]);
        }

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
        if (IsVersion6)
        {
            int length6 = PrefixLength6();
            return length6 >= 0 ? $"{FirstAddress}/{length6}" : $"{FirstAddress}-{LastAddress}";
        }

        int length = PrefixLength();
        return length >= 0 ? $"{Ipv4.Text(First)}/{length}" : $"{Ipv4.Text(First)}-{Ipv4.Text(Last)}";
    }

    private static UInt128 HostMask6(int length) => length == 0 ? UInt128.MaxValue : (UInt128.One << (128 - length)) - 1;

    private int PrefixLength6()
    {
        int length = (int)UInt128.LeadingZeroCount(First6 ^ Last6);
        UInt128 host = HostMask6(length);
        return (First6 & host) == 0 && (Last6 & host) == host ? length : -1;
    }

    private static uint HostMask(int length) => length == 0 ? uint.MaxValue : (1u << (32 - length)) - 1;

    private int PrefixLength()
    {
        int length = BitOperations.LeadingZeroCount(First ^ Last);
        uint host = HostMask(length);
        return (First & host) == 0 && (Last & host) == host ? length : -1;
    }
}
