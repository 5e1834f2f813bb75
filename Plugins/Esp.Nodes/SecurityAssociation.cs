using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;

namespace RouterOS.Esp.Nodes;

/// <summary>One SA of either direction, as the nodes use it: sizes, the engine's key, selector, limits, and its run-time row.</summary>
/// <remarks>Changed on the worker's thread between batches.</remarks>
internal sealed unsafe class SecurityAssociation
{
    /// <summary>Outbound number from which a new SA is asked for: 1/16 of the numbers are left.</summary>
    public const ulong SoftSequence = 0xF000_0000;

    private ulong _softBytes;
    private ulong _hardBytes;
    private bool _softRaised;
    private bool _hardRaised;

    public SecurityAssociation(string key, uint spi, Protection protection, CryptoSuite suite, CryptoQueue queue, nint cryptoKey, SaRuntimeRecord* row)
    {
        Key = key;
        Spi = spi;
        Protection = protection;
        Suite = suite;
        Sizes = new EspSizes(suite);
        Queue = queue;
        CryptoKey = cryptoKey;
        Row = row;
    }

    /// <summary>Key of its row, events and snapshot.</summary>
    public string Key { get; }

    public uint Spi { get; }

    public Protection Protection { get; }

    public CryptoSuite Suite { get; }

    public EspSizes Sizes { get; }

    /// <summary>Jobs of the engine that does this SA.</summary>
    public CryptoQueue Queue { get; }

    /// <summary>The engine's key.</summary>
    public nint CryptoKey { get; }

    /// <summary>Sequence, window, counters.</summary>
    public SaRuntimeRecord* Row { get; }

    /// <summary>Place in the table of inbound SAs; 0 for an outbound one.</summary>
    public int Place { get; set; }

    /// <summary>Packets of the replay window; 0 switches it off.</summary>
    public uint WindowPackets { get; private set; }

    public TrafficSelector Selector { get; private set; }

    /// <summary>Bytes from which <see cref="CheckLimits"/> has something to say.</summary>
    public ulong BytesAlarm { get; private set; }

    /// <summary>Outbound number from which <see cref="CheckLimits"/> has something to say.</summary>
    public ulong SequenceAlarm { get; private set; } = SoftSequence;

    /// <summary>Takes what may change while an SA lives.</summary>
    public void Configure(TrafficSelector selector, uint windowPackets, ulong softBytes, ulong hardBytes)
    {
        Selector = selector;
        WindowPackets = windowPackets;
        if (softBytes != _softBytes || hardBytes != _hardBytes)
        {
            _softRaised = false;
            _hardRaised = false;
        }

        _softBytes = softBytes == 0 ? ulong.MaxValue : softBytes;
        _hardBytes = hardBytes == 0 ? ulong.MaxValue : hardBytes;
        BytesAlarm = _softRaised ? _hardBytes : Math.Min(_softBytes, _hardBytes);
    }

    /// <summary>An alarm is met: raises what has not been raised, and says whether the SA must stop, and why.</summary>
    /// <param name="raise">Raises an event of this SA by name.</param>
    /// <param name="outbound">True to look at the sequence number, which only a sender can exhaust.</param>
    public EspDrop? CheckLimits(Action<SecurityAssociation, string> raise, bool outbound)
    {
        EspDrop? reason = outbound && Row->Sequence >= uint.MaxValue ? EspDrop.SequenceExhausted
            : Row->Bytes >= _hardBytes ? EspDrop.HardLimit
            : null;
        if (!_softRaised)
        {
            _softRaised = true;
            BytesAlarm = _hardBytes;
            SequenceAlarm = uint.MaxValue;
            raise(this, "soft-expired");
        }

        if (reason is not null && !_hardRaised)
        {
            _hardRaised = true;
            raise(this, "hard-expired");
        }

        return reason;
    }
}
