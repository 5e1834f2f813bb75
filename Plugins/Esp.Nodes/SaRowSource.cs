using RouterOS.Abstractions.Crypto;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>A row of an SA table, read in place: the keys stay in the row's own bytes, and nothing is allocated.</summary>
internal ref struct SaRowSource
{
    public uint Spi;
    public uint Protection;
    public Cipher Cipher;
    public Mac Mac;
    public uint ReplayWindow;
    public ulong SoftBytes;
    public ulong HardBytes;
    public ReadOnlySpan<byte> CipherKey;
    public ReadOnlySpan<byte> MacKey;
    public TrafficSelector Selector;

    /// <summary>Cipher and keyed hash, as engines name them.</summary>
    public CryptoSuite Suite;
}
