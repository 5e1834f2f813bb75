namespace RouterOS.L2tp.Control;

/// <summary>Messages that were not taken, by reason.</summary>
internal sealed class DropCounts
{
    private readonly ulong[] _counts = new ulong[Enum.GetValues<L2tpDrop>().Length];

    public ulong this[L2tpDrop reason] => _counts[(int)reason];

    public void Add(L2tpDrop reason) => _counts[(int)reason]++;
}
