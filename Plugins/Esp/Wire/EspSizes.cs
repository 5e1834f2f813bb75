using RouterOS.Abstractions.Crypto;

namespace RouterOS.Esp.Wire;

/// <summary>Lengths of tunnel-mode packets over IPv4 with one suite: ESP, plain or inside UDP (RFC 3948), or AH.</summary>
public readonly struct EspSizes
{
    /// <summary>Bytes of the outer IPv4 header: no options.</summary>
    public const int OuterHeader = 20;

    /// <summary>Bytes of a UDP header.</summary>
    public const int UdpHeader = 8;

    /// <summary>Largest IPv4 packet.</summary>
    public const int LargestPacket = 65535;

    /// <summary>The lengths of a suite, plain.</summary>
    public EspSizes(CryptoSuite suite)
        : this(suite, suite.TagBytes)
    {
    }

    /// <summary>The lengths of a suite whose integrity check value is cut to <paramref name="tag"/> bytes, plain.</summary>
    public EspSizes(CryptoSuite suite, int tag)
    {
        Iv = suite.IvBytes;
        Block = suite.PadBlockBytes;
        Tag = tag;
        Outside = OuterHeader;
        Header = EspHeader.Length;
        Trailer = EspTrailer.Length;
    }

    /// <summary>The lengths of AH with a check value of <paramref name="tag"/> bytes: everything stands before the inner packet.</summary>
    public static EspSizes OfAh(int tag) => OfAhHeader(AhHeader.LengthOf(tag));

    /// <summary>The lengths of AH whose header has so many bytes.</summary>
    public static EspSizes OfAhHeader(int bytes) => new() { Outside = OuterHeader, Block = 1, Header = bytes };

    /// <summary>Bytes of the initialisation vector on the wire.</summary>
    public int Iv { get; }

    /// <summary>Bytes that the text is padded to a multiple of: a power of two.</summary>
    public int Block { get; private init; }

    /// <summary>Bytes of the integrity check value behind the text.</summary>
    public int Tag { get; private init; }

    /// <summary>Bytes of the outer headers: IPv4, or IPv4 and UDP.</summary>
    public int Outside { get; private init; }

    /// <summary>Bytes of the ESP or AH header.</summary>
    public int Header { get; private init; }

    /// <summary>Bytes behind the padding.</summary>
    private int Trailer { get; init; }

    /// <summary>Bytes in front of the text: outer headers, ESP header and IV, or AH.</summary>
    public int Front => Outside + Header + Iv;

    /// <summary>The same lengths, plain or inside UDP.</summary>
    public EspSizes With(bool udp) => this with { Outside = udp ? OuterHeader + UdpHeader : OuterHeader };

    /// <summary>Bytes of text that carry an inner packet: packet, padding, trailer.</summary>
    public int Text(int innerLength) => (innerLength + Trailer + Block - 1) / Block * Block;

    /// <summary>Bytes of the outer packet that carries an inner packet.</summary>
    public int Outer(int innerLength) => Front + Text(innerLength) + Tag;

    /// <summary>Largest inner packet whose outer packet is not larger than <paramref name="mtu"/>.</summary>
    public int LargestInner(int mtu) => ((mtu - Front - Tag) / Block * Block) - Trailer;
}
