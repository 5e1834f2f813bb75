namespace RouterOS.Ike.Control;

/// <summary>Counters of dropped datagrams.</summary>
internal sealed class IkeCounters
{
    private readonly ulong[] _drops = new ulong[Enum.GetValues<IkeDrop>().Length];

    /// <summary>Drops of one kind.</summary>
    public ulong this[IkeDrop drop] => _drops[(int)drop];

    /// <summary>Drops of every kind.</summary>
    public ulong Total => _drops.Aggregate(0ul, (sum, count) => sum + count);

    public void Count(IkeDrop drop) => _drops[(int)drop]++;
}
