using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Esp.Nodes;

/// <summary>What only rows, limits and snapshots need of an SA; native, beside its <see cref="SaRecord"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SaDetail
{
    /// <summary>The next SA of the same protection.</summary>
    public SaRecord* Next;

    public SaRuntimeRecord* Row;

    public nint CryptoKey;

    public ulong SoftBytes;

    public ulong HardBytes;

    public TrafficSelector Selector;

    public uint Spi;

    /// <summary>Id of the protection, also while that has no row; 0 where the record is free.</summary>
    public uint Protection;

    /// <summary>SPI of the other SA of a bundle; 0 for none.</summary>
    public uint PartnerSpi;

    public uint WindowPackets;

    /// <summary>Blocks of <see cref="Window"/>.</summary>
    public uint WindowBlocks;

    /// <summary>Ring of the replay window: the run-time row's, or memory of its own; null for none.</summary>
    public ulong* Window;

    /// <summary>Addresses that the sender had where a NAT has changed them; 0 for those of the header.</summary>
    public uint OriginalSource;

    public uint OriginalDestination;

    public ushort CipherKeyBytes;

    public CipherAlgorithm Cipher;

    public MacAlgorithm Mac;

    public byte TagBytes;

    public bool IsAh;

    public bool IsTransport;

    public bool IsExtended;

    public bool IsOutbound;

    public byte Queue;

    public bool SoftRaised;

    public bool NearlyRaised;

    public bool HardRaised;
}
