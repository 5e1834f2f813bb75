using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>One SA of either direction, as its rows know it; packets see its <see cref="Record"/>.</summary>
/// <remarks>Changed on the worker's thread between batches.</remarks>
internal sealed unsafe class SecurityAssociation
{
    /// <summary>Outbound number from which a new SA is asked for: 1/16 of the numbers are left.</summary>
    public const ulong SoftSequence = 0xF000_0000;

    private const byte OuterTtl = 64;
    private const byte UdpProtocol = (byte)IpProtocol.Udp;

    private readonly EspSizes _sizes;
    private readonly bool _isCombined;
    private readonly byte _queue;
    private readonly nint _cryptoKey;
    private readonly SaRuntimeRecord* _row;
    private TrafficSelector _selector;
    private uint _windowPackets;
    private ulong _softBytes;
    private ulong _hardBytes;
    private bool _softRaised;
    private bool _hardRaised;

    public SecurityAssociation(
        string key, uint spi, bool isOutbound, Protection protection, CryptoSuite suite, CryptoQueue queue, byte queueNumber, nint cryptoKey,
        SaRuntimeRecord* row, SaRecords records)
    {
        Key = key;
        Spi = spi;
        IsOutbound = isOutbound;
        Protection = protection;
        Queue = queue;
        _sizes = new EspSizes(suite);
        // A tag without a keyed hash is the cipher's own.
        _isCombined = suite.Mac == MacAlgorithm.None && suite.TagBytes != 0;
        _queue = queueNumber;
        _cryptoKey = cryptoKey;
        _row = row;
        Record = records.Add(this);
    }

    /// <summary>Key of its row, events and snapshot.</summary>
    public string Key { get; }

    public uint Spi { get; }

    /// <summary>SPI as it lies on the wire.</summary>
    public uint WireSpi => BinaryPrimitives.ReverseEndianness(Spi);

    public bool IsOutbound { get; }

    public Protection Protection { get; }

    /// <summary>Jobs of the engine that does this SA.</summary>
    public CryptoQueue Queue { get; }

    /// <summary>The engine's key.</summary>
    public nint CryptoKey => _cryptoKey;

    /// <summary>What packets see.</summary>
    public SaRecord* Record { get; }

    /// <summary>Sequence, window, counters.</summary>
    public SaRuntimeRecord* Row => _row;

    /// <summary>Takes what may change while an SA lives.</summary>
    public void Configure(TrafficSelector selector, uint windowPackets, ulong softBytes, ulong hardBytes)
    {
        _selector = selector;
        _windowPackets = windowPackets;
        if (softBytes != _softBytes || hardBytes != _hardBytes)
        {
            _softRaised = false;
            _hardRaised = false;
        }

        _softBytes = softBytes == 0 ? ulong.MaxValue : softBytes;
        _hardBytes = hardBytes == 0 ? ulong.MaxValue : hardBytes;
        Update();
    }

    /// <summary>Writes the record anew: after a change of the SA, of its protection, or of the path.</summary>
    public void Update()
    {
        SaRecord* record = Record;
        uint number = record->Number;
        *record = default;
        record->Number = number;
        record->Row = _row;
        record->CryptoKey = _cryptoKey;
        record->WireSpi = WireSpi;
        record->WindowPackets = _windowPackets;
        record->Iv = (byte)_sizes.Iv;
        record->BlockMask = (byte)(_sizes.Block - 1);
        record->Tag = (byte)_sizes.Tag;
        record->Queue = _queue;
        record->Selector = _selector;
        record->Flags = (_selector.IsAny ? SaFlags.AnySelector : 0) | (_isCombined ? SaFlags.Combined : 0)
            | (Protection.IsInUdp ? SaFlags.InUdp : 0) | (Protection.PeerAddress != 0 ? SaFlags.PeerMoved : 0);
        record->Instance = Protection.Instance;
        record->Interface = Protection.Interface;
        record->Df = (byte)Protection.DfBit;
        record->Protection = Protection.IsConfigured ? Protection.Id : 0;
        EspSizes sizes = _sizes.With(Protection.IsInUdp);
        record->OuterBytes = (byte)sizes.Outside;
        record->Front = (byte)sizes.Front;
        record->LargestInner = sizes.LargestInner(Protection.Mtu);
        WriteOuter(record);
        SetAlarms();
    }

    /// <summary>Bytes of the outer packet that carries an inner packet.</summary>
    public int OuterLength(int innerLength) => _sizes.With(Protection.IsInUdp).Outer(innerLength);

    /// <summary>An alarm is met: raises what has not been raised, and says whether the SA must stop, and why.</summary>
    /// <param name="raise">Raises an event of this SA by name.</param>
    public EspDrop? CheckLimits(Action<SecurityAssociation, string> raise)
    {
        // Only a sender can exhaust the number.
        EspDrop? reason = IsOutbound && _row->Sequence >= uint.MaxValue ? EspDrop.SequenceExhausted
            : _row->Bytes >= _hardBytes ? EspDrop.HardLimit
            : null;
        if (!_softRaised)
        {
            _softRaised = true;
            SetAlarms();
            raise(this, "soft-expired");
        }

        if (reason is not null && !_hardRaised)
        {
            _hardRaised = true;
            raise(this, "hard-expired");
        }

        return reason;
    }

    private void SetAlarms()
    {
        Record->BytesAlarm = _softRaised ? _hardBytes : Math.Min(_softBytes, _hardBytes);
        Record->SequenceAlarm = _softRaised ? uint.MaxValue : SoftSequence;
    }

    private void WriteOuter(SaRecord* record)
    {
        // Safe: both headers fit the record's room.
        Span<byte> outer = new(record->Outer, SaRecord.OuterRoom);
        outer[0] = 0x45;
        outer[8] = OuterTtl;
        outer[9] = Protection.IsInUdp ? UdpProtocol : EspHeader.Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(outer[12..], Protection.LocalAddress);
        BinaryPrimitives.WriteUInt32BigEndian(outer[16..], Protection.RemoteAddress);
        BinaryPrimitives.WriteUInt16BigEndian(outer[20..], Protection.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(outer[22..], Protection.RemotePort);
        uint sum = 0;
        for (int i = 0; i < EspSizes.OuterHeader / 2; i++)
        {
            sum += ((ushort*)record->Outer)[i];
        }

        record->HeaderSum = sum;
    }
}
