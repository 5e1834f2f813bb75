using System.Buffers.Binary;
using RouterOS.Ppp.Wire;

namespace RouterOS.Ppp.Control;

/// <summary>The network control protocol of IPv6, RFC 5072: interface identifiers, and nothing more.</summary>
internal sealed class Ipv6cp(PppLink link) : Negotiator(link, PppProtocol.Ipv6cp)
{
    private const byte InterfaceIdentifier = 1;

    private ulong _own;

    protected override void WriteRequest(OptionList options)
    {
        if (_own == 0)
        {
            _own = NewIdentifier();
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _own);
        _ = options.Add(InterfaceIdentifier, bytes);
    }

    protected override bool Judge(byte type, ReadOnlySpan<byte> data, OptionList better, bool isLastWord)
    {
        if (type != InterfaceIdentifier || data.Length != 8)
        {
            return false;
        }

        ulong peer = BinaryPrimitives.ReadUInt64BigEndian(data);
        if (peer != 0 && peer != _own)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NewIdentifier());
        _ = better.Add(InterfaceIdentifier, bytes);
        return false;
    }

    protected override void Suggested(byte type, ReadOnlySpan<byte> data) => _own = NewIdentifier();

    protected override void Refused(byte type) => GiveUp();

    protected override void LayerUp()
    {
    }

    protected override void LayerDown()
    {
    }

    protected override void LayerFinished()
    {
    }

    private ulong NewIdentifier()
    {
        Span<byte> bytes = stackalloc byte[8];
        Link.Environment.Fill(bytes);
        // RFC 5072 section 4.1: not universal, so the bit is 0; never all zeros.
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) & ~(2ul << 56)) | 1;
    }
}
