namespace RouterOS.Ike.Control;

/// <summary>Counters of dropped datagrams.</summary>
internal sealed class IkeCounters
{
    private readonly ulong[] _drops = new ulong[Enum.GetValues<IkeDrop>().Length];

    /// <summary>Drops of one kind.</summary>
    public ulong this[IkeDrop drop] => _drops[(int)drop];

    /// <summary>Drops of every kind.</summary>
    public ulong Total => _drops.Aggregate(0ul, (sum, count) => sum + count);

    /// <summary>SAs that came up, and that operators cleared.</summary>
    public ulong Phase1Up { get; set; }

    public ulong Phase2Up { get; set; }

    public ulong Phase1Cleared { get; set; }

    public ulong Phase2Cleared { get; set; }

    public void Count(IkeDrop drop) => _drops[(int)drop]++;
}
