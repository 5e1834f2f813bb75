using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Google.Protobuf;

namespace RouterOS.Ike.Control;

/// <summary>An outer address of a peer or of ours, IPv4 or IPv6; 0 is none.</summary>
[JsonConverter(typeof(PeerAddressJson))]
internal readonly record struct PeerAddress
{
    // A number of 128 bits would take 32 bytes for its alignment, and every peer has a score of addresses.
    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>An address of a family.</summary>
    public PeerAddress(UInt128 value, bool isVersion6) => (_high, _low, IsVersion6) = ((ulong)(value >> 64), (ulong)value, isVersion6);

    /// <summary>The number; of IPv4 in the low 32 bits.</summary>
    public UInt128 Value => new(_high, _low);

    /// <summary>The family.</summary>
    public bool IsVersion6 { get; }

    /// <summary>An IPv4 address as a number in host byte order.</summary>
    public static implicit operator PeerAddress(uint address) => new(address, false);

    /// <summary>The number of an IPv4 address; 0 for IPv6, which no table of IPv4 addresses has.</summary>
    public uint Number => IsVersion6 ? 0 : (uint)Value;

    /// <summary>The bytes of an IPv6 address; empty for IPv4.</summary>
    public ByteString Bytes6 => IsVersion6 ? ByteString.CopyFrom(ToBytes()) : ByteString.Empty;

    /// <summary>An address as contracts have it: the bytes of IPv6, or the number where there are none.</summary>
    public static PeerAddress Of(uint number, ByteString bytes6) =>
        bytes6.Length == 16 ? new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes6.Span), true) : number;

    /// <summary>An address of either family.</summary>
    public static PeerAddress Of(IPAddress address) => FromBytes(address.GetAddressBytes());

    /// <summary>An address as it stands on the wire, 4 or 16 bytes.</summary>
    public static PeerAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), true)
        : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>Reads canonical text of either family.</summary>
    public static bool TryParse(string text, out PeerAddress address)
    {
        address = default;
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            || (parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() != text))
        {
            return false;
        }

        address = Of(parsed);
        return true;
    }

    /// <summary>The bytes on the wire, 4 or 16.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return IsVersion6 ? bytes : bytes[12..];
    }

    /// <summary>The address as the framework has it.</summary>
    public IPAddress ToIpAddress() => new(ToBytes());

    /// <inheritdoc/>
    public override string ToString() => ToIpAddress().ToString();
}
