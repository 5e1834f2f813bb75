using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>One SA of either direction, as its rows know it; packets see its <see cref="Record"/>. No more than two addresses: all is native.</summary>
/// <remarks>Changed on the worker's thread between batches.</remarks>
internal readonly unsafe struct SecurityAssociation(SaRecords records, SaRecord* record)
{
    /// <summary>Outbound number from which a new SA is asked for: 1/16 of the numbers are left.</summary>
    public const ulong SoftSequence = 0xF000_0000;

    private const ulong SoftExtendedSequence = SoftSequence << 32;
    private const byte OuterTtl = 64;
    private const byte UdpProtocol = (byte)IpProtocol.Udp;

    private readonly SaDetail* _detail = records.DetailOf(record);

    /// <summary>Key of its row, events and snapshot.</summary>
    public string Key => IsOutbound ? $"{_detail->Protection}/{Spi}" : $"{Spi}";

    public uint Spi => _detail->Spi;

    /// <summary>SPI as it lies on the wire.</summary>
    public uint WireSpi => BinaryPrimitives.ReverseEndianness(Spi);

    public bool IsOutbound => _detail->IsOutbound;

    public Protection Protection => records.Tables.Protections.Find(_detail->Protection)!;

    /// <summary>AH in place of ESP.</summary>
    public bool IsAh => _detail->IsAh;

    /// <summary>SPI of the other SA of a bundle, ESP inside AH; 0 for none.</summary>
    public uint PartnerSpi => _detail->PartnerSpi;

    /// <summary>AH that has nothing inside but the ESP of its bundle.</summary>
    public bool IsAroundEsp => IsAh && PartnerSpi != 0;

    /// <summary>ESP that is never without the AH of its bundle.</summary>
    public bool IsInsideAh => !IsAh && PartnerSpi != 0;

    /// <summary>Transport mode: the packets' own headers stay in front. AH of a bundle does so with those that ESP has made.</summary>
    public bool IsTransport => _detail->IsTransport || IsAroundEsp;

    /// <summary>Numbers of 64 bits.</summary>
    public bool IsExtended => _detail->IsExtended;

    /// <summary>ESP in tunnel mode, which the nodes of most packets do; other nodes do the rest.</summary>
    public bool IsEspTunnel => !IsAh && !IsTransport;

    /// <summary>Which packets it carries.</summary>
    public TrafficSelector Selector => IsAroundEsp ? TrafficSelector.Any : _detail->Selector;

    /// <summary>Addresses that the sender had where a NAT has changed them; 0 for those of the header.</summary>
    public (uint Source, uint Destination) Original => (_detail->OriginalSource, _detail->OriginalDestination);

    /// <summary>Bytes of the integrity check value.</summary>
    public int TagBytes => _detail->TagBytes;

    /// <summary>Jobs of the engine that does this SA.</summary>
    public CryptoQueue Queue => (IsOutbound ? records.Tables.EncryptQueues : records.Tables.DecryptQueues)[_detail->Queue];

    /// <summary>The engine's key.</summary>
    public nint CryptoKey => _detail->CryptoKey;

    /// <summary>What packets see.</summary>
    public SaRecord* Record => record;

    /// <summary>Sequence, window, counters.</summary>
    public SaRuntimeRecord* Row => _detail->Row;

    private ulong LastSequence => IsExtended ? ulong.MaxValue : uint.MaxValue;

    // Three quarters of what the soft limit leaves are gone.
    private ulong NearlyBytes =>
        _detail->SoftBytes >= _detail->HardBytes ? _detail->HardBytes : _detail->SoftBytes + ((_detail->HardBytes - _detail->SoftBytes) / 4 * 3);

    private CryptoSuite Suite => new(_detail->Cipher, _detail->CipherKeyBytes, _detail->Mac);

    /// <summary>Takes what stays while the SA lives.</summary>
    public void Create(in SaRowSource source, bool isOutbound, Protection protection, byte queue, nint cryptoKey, SaRuntimeRecord* row)
    {
        _detail->Spi = source.Spi;
        _detail->IsOutbound = isOutbound;
        _detail->Protection = protection.Id;
        _detail->Cipher = source.Suite.Cipher;
        _detail->CipherKeyBytes = (ushort)source.Suite.CipherKeyBytes;
        _detail->Mac = source.Suite.Mac;
        _detail->IsAh = source.IsAh;
        _detail->IsTransport = source.Mode == SaMode.Transport;
        _detail->IsExtended = source.IsExtended;
        _detail->PartnerSpi = source.PartnerSpi;
        _detail->OriginalSource = source.OriginalSource;
        _detail->OriginalDestination = source.OriginalDestination;
        _detail->TagBytes = (byte)source.TagBytes;
        _detail->Queue = queue;
        _detail->CryptoKey = cryptoKey;
        _detail->Row = row;
    }

    /// <summary>Takes what may change while an SA lives.</summary>
    public void Configure(TrafficSelector selector, uint windowPackets, ulong softBytes, ulong hardBytes)
    {
        softBytes = softBytes == 0 ? ulong.MaxValue : softBytes;
        hardBytes = hardBytes == 0 ? ulong.MaxValue : hardBytes;
        _detail->Selector = selector;
        if (!IsOutbound)
        {
            SetWindow(windowPackets);
        }

        if (softBytes != _detail->SoftBytes || hardBytes != _detail->HardBytes)
        {
            _detail->SoftRaised = false;
            _detail->NearlyRaised = false;
            _detail->HardRaised = false;
        }

        _detail->SoftBytes = softBytes;
        _detail->HardBytes = hardBytes;
        Update(Protection);
    }

    /// <summary>Writes the record anew: after a change of the SA, of its protection, or of the path.</summary>
    public void Update(Protection protection)
    {
        uint number = record->Number;
        CryptoSuite suite = Suite;
        EspSizes sizes = SizesIn(protection);
        *record = default;
        record->Number = number;
        record->Row = _detail->Row;
        record->CryptoKey = _detail->CryptoKey;
        record->WireSpi = WireSpi;
        record->WindowPackets = _detail->WindowPackets;
        record->Window = _detail->Window;
        record->WindowMask = (byte)(_detail->WindowBlocks - 1);
        record->Iv = (byte)sizes.Iv;
        record->BlockMask = (byte)(sizes.Block - 1);
        record->Tag = (byte)sizes.Tag;
        record->Queue = _detail->Queue;
        // A tunnel's packet inside an SA of transport mode is none that was agreed on.
        TrafficSelector selector = IsTransport ? TrafficSelector.None : _detail->Selector;
        record->Selector = selector;
        // A tag without a keyed hash is the cipher's own.
        bool isCombined = suite.Mac == MacAlgorithm.None && suite.TagBytes != 0;
        record->Flags = (selector.IsAny ? SaFlags.AnySelector : 0) | (isCombined ? SaFlags.Combined : 0)
            | (IsInUdp(protection) ? SaFlags.InUdp : 0) | (protection.PeerAddress != 0 ? SaFlags.PeerMoved : 0)
            | (IsAh ? SaFlags.Ah : 0) | (IsTransport ? SaFlags.Transport : 0)
            | (IsExtended ? SaFlags.Extended : 0);
        record->Instance = protection.Instance;
        record->Interface = protection.Interface;
        record->Df = (byte)protection.DfBit;
        record->Protection = protection.IsConfigured ? protection.Id : 0;
        record->OuterBytes = (byte)sizes.Outside;
        record->Front = (byte)sizes.Front;
        int around = AroundBytes(protection);
        record->Bundle = (byte)around;
        record->LargestInner = sizes.LargestInner(protection.Mtu - around);
        WriteOuter(protection);
        SetAlarms();
    }

    /// <summary>Bytes of AH's header over either family.</summary>
    public int AhBytes(bool isVersion6) => isVersion6 ? AhHeader.LengthOf6(TagBytes) : AhHeader.LengthOf(TagBytes);

    /// <summary>Bytes of the outer packet that carries an inner packet.</summary>
    public int OuterLength(int innerLength) => SizesIn(Protection).Outer(innerLength) + record->Bundle;

    /// <summary>An alarm is met: raises what has not been raised, and says whether the SA must stop, and why.</summary>
    /// <param name="raise">Raises an event of this SA by name.</param>
    public EspDrop? CheckLimits(Action<SecurityAssociation, string> raise)
    {
        // Only a sender can exhaust the number.
        EspDrop? reason = IsOutbound && Row->Sequence >= LastSequence ? EspDrop.SequenceExhausted
            : Row->Bytes >= _detail->HardBytes ? EspDrop.HardLimit
            : null;
        if (!_detail->SoftRaised)
        {
            _detail->SoftRaised = true;
            SetAlarms();
            raise(this, "soft-expired");
        }

        if (!_detail->NearlyRaised && Row->Bytes >= NearlyBytes)
        {
            _detail->NearlyRaised = true;
            SetAlarms();
            raise(this, "nearly-expired");
        }

        if (reason is not null && !_detail->HardRaised)
        {
            _detail->HardRaised = true;
            raise(this, "hard-expired");
        }

        return reason;
    }

    // Bytes of the AH around an SA of ESP; 1 where they do not matter, for receiving and while AH's row has not come.
    private int AroundBytes(Protection protection) =>
        !IsInsideAh ? 0 : IsOutbound && protection.AhAround(WireSpi) is { } ah ? ah.AhBytes(protection.IsVersion6) : 1;

    // A NAT changes what AH authenticates: it never goes inside UDP.
    private bool IsInUdp(Protection protection) => protection.IsInUdp && !IsAh && !IsInsideAh;

    private EspSizes SizesIn(Protection protection) =>
        IsAh ? EspSizes.OfAhHeader(AhBytes(protection.IsVersion6)) : new EspSizes(Suite, TagBytes).With(IsInUdp(protection));

    private void SetAlarms()
    {
        record->BytesAlarm = !_detail->SoftRaised ? Math.Min(_detail->SoftBytes, _detail->HardBytes)
            : _detail->NearlyRaised ? _detail->HardBytes : NearlyBytes;
        if (IsOutbound)
        {
            record->SequenceAlarm = _detail->SoftRaised ? LastSequence : IsExtended ? SoftExtendedSequence : SoftSequence;
        }
    }

    // A window that fits lies in the run-time row and survives the process. Of any other one nothing is known then: all up to the highest
    // number counts as seen, so that late packets are lost and none passes twice.
    private void SetWindow(uint packets)
    {
        if (packets == _detail->WindowPackets)
        {
            return;
        }

        ulong* kept = Row->Window;
        ulong* before = _detail->Window;
        uint blocksBefore = _detail->WindowBlocks;
        if (before == null && (Row->KeptWindow != 0 || Row->Sequence == 0))
        {
            before = kept;
            blocksBefore = SaRuntimeRecord.WindowWords;
        }

        uint blocks = packets == 0 ? 0 : ReplayWindow.BlocksFor(packets);
        ulong* ring = blocks == 0 ? null : blocks <= SaRuntimeRecord.WindowWords ? kept
            : (ulong*)NativeMemory.Alloc(blocks, sizeof(ulong));
        if (ring != null && ring != before)
        {
            ReplayWindow.Fill(ring, blocks, before, blocksBefore, Row->Sequence);
        }

        FreeWindow(_detail, ring);
        Row->KeptWindow = ring == kept ? packets : 0;
        _detail->WindowPackets = packets;
        _detail->WindowBlocks = blocks;
        _detail->Window = ring;
    }

    /// <summary>Frees an SA's ring where that has memory of its own and is not the one to be kept.</summary>
    public static void FreeWindow(SaDetail* detail, ulong* keep)
    {
        if (detail->Window != null && detail->Window != keep && detail->Window != detail->Row->Window)
        {
            NativeMemory.Free(detail->Window);
        }
    }

    private void WriteOuter(Protection protection)
    {
        // Safe: both headers fit the record's room.
        Span<byte> outer = new(record->Outer, SaRecord.OuterRoom);
        outer[0] = 0x45;
        outer[8] = OuterTtl;
        // What ESP makes for AH says AH already, so that it is known on its way there.
        outer[9] = IsInUdp(protection) ? UdpProtocol : IsAh || IsInsideAh ? AhHeader.Protocol : EspHeader.Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(outer[12..], protection.LocalAddress);
        BinaryPrimitives.WriteUInt32BigEndian(outer[16..], protection.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(outer[20..], protection.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(outer[22..], protection.RemotePort);
        uint sum = 0;
        for (int i = 0; i < EspSizes.OuterHeader / 2; i++)
        {
            sum += ((ushort*)record->Outer)[i];
        }

        record->HeaderSum = sum;
    }
}
