using RouterOS.Abstractions.Crypto;

namespace RouterOS.Esp.Wire;

/// <summary>Lengths of tunnel-mode packets over IPv4 with one suite, plain or inside UDP (RFC 3948).</summary>
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
    {
        Iv = suite.IvBytes;
        Block = suite.PadBlockBytes;
        Tag = suite.TagBytes;
        Outside = OuterHeader;
    }

    /// <summary>Bytes of the initialisation vector on the wire.</summary>
    public int Iv { get; }

    /// <summary>Bytes that the text is padded to a multiple of: a power of two.</summary>
    public int Block { get; }

    /// <summary>Bytes of the integrity check value.</summary>
    public int Tag { get; }

    /// <summary>Bytes of the outer headers: IPv4, or IPv4 and UDP.</summary>
    public int Outside { get; private init; }

    /// <summary>Bytes in front of the text: outer headers, ESP header, IV.</summary>
    public int Front => Outside + EspHeader.Length + Iv;

    /// <summary>The same lengths, plain or inside UDP.</summary>
    public EspSizes With(bool udp) => this with { Outside = udp ? OuterHeader + UdpHeader : OuterHeader };

    /// <summary>Bytes of text that carry an inner packet: packet, padding, trailer.</summary>
    public int Text(int innerLength) => (innerLength + EspTrailer.Length + Block - 1) / Block * Block;

    /// <summary>Bytes of the outer packet that carries an inner packet.</summary>
    public int Outer(int innerLength) => Front + Text(innerLength) + Tag;

    /// <summary>Largest inner packet whose outer packet is not larger than <paramref name="mtu"/>.</summary>
    public int LargestInner(int mtu) => ((mtu - Front - Tag) / Block * Block) - EspTrailer.Length;
}
