using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>The records of one worker's SAs, each where it stays, with the SA it belongs to.</summary>
/// <remarks>Grows by blocks, so that nothing is moved and an SA more never costs more than one block.</remarks>
internal sealed unsafe class SaRecords
{
    private const int BlockShift = 9;
    private const int BlockRecords = 1 << BlockShift;

    private readonly List<SecurityAssociation?[]> _owners = [];
    private readonly Stack<nint> _free = new();

    /// <summary>A cleared record of its own for an SA.</summary>
    public SaRecord* Add(SecurityAssociation sa)
    {
        if (_free.Count == 0)
        {
            Grow();
        }

        SaRecord* record = (SaRecord*)_free.Pop();
        uint number = record->Number;
        *record = default;
        record->Number = number;
        _owners[(int)(number >> BlockShift)][number & (BlockRecords - 1)] = sa;
        return record;
    }

    /// <summary>Takes a record back: whoever still finds it finds one that passes nothing.</summary>
    public void Remove(SaRecord* record)
    {
        uint number = record->Number;
        *record = default;
        record->Number = number;
        _owners[(int)(number >> BlockShift)][number & (BlockRecords - 1)] = null;
        _free.Push((nint)record);
    }

    /// <summary>The SA of a record in use.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public SecurityAssociation Owner(SaRecord* record) =>
        _owners[(int)(record->Number >> BlockShift)][record->Number & (BlockRecords - 1)]!;

    private void Grow()
    {
        // Safe: kept for the life of the process; every record lies inside the block.
        SaRecord* block = (SaRecord*)NativeMemory.AlignedAlloc(BlockRecords * SaRecord.Size, SaRecord.Size);
        NativeMemory.Clear(block, BlockRecords * SaRecord.Size);
        int first = _owners.Count << BlockShift;
        _owners.Add(new SecurityAssociation?[BlockRecords]);
        for (int i = BlockRecords - 1; i >= 0; i--)
        {
            block[i].Number = (uint)(first + i);
            _free.Push((nint)(block + i));
        }
    }
}
