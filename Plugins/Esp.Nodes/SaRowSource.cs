using RouterOS.Abstractions.Crypto;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>A row of an SA table, read in place: the keys stay in the row's own bytes, and nothing is allocated.</summary>
internal ref struct SaRowSource
{
    private const int ShortTag = 12;

    public uint Spi;
    public uint Protection;
    public Cipher Cipher;
    public Mac Mac;
    public Protocol Protocol;
    public SaMode Mode;
    public uint OriginalSource;
    public uint OriginalDestination;
    public uint ReplayWindow;
    public uint PartnerSpi;
    public bool IsExtended;
    public ulong SoftBytes;
    public ulong HardBytes;
    public ReadOnlySpan<byte> CipherKey;
    public ReadOnlySpan<byte> MacKey;
    public TrafficSelector Selector;

    /// <summary>Cipher and keyed hash, as engines name them.</summary>
    public CryptoSuite Suite;

    /// <summary>True for AH.</summary>
    public readonly bool IsAh => Protocol == Protocol.Ah;

    /// <summary>Bytes of the integrity check value on the wire.</summary>
    public readonly int TagBytes => Mac == Mac.HmacSha25696 ? ShortTag : Suite.TagBytes;
}
