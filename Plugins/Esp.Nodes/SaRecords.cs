using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>The records of one worker's SAs, each where it stays, with what else there is to know of the SA.</summary>
/// <remarks>
/// All of it is native: an SA more or less is no work for the garbage collector. Grows by blocks, so that nothing is moved and an SA more
/// never costs more than one block.
/// </remarks>
internal sealed unsafe class SaRecords(EspTables tables)
{
    private const int BlockShift = 9;
    private const int BlockRecords = 1 << BlockShift;
    private const int Alignment = 128;

    private readonly List<nint> _records = [];
    private readonly List<nint> _details = [];
    private readonly Stack<nint> _free = new();

    /// <summary>The tables that the records belong to.</summary>
    public EspTables Tables => tables;

    /// <summary>Records, used and free.</summary>
    public int Count => _records.Count << BlockShift;

    /// <summary>The SA of the record with a number below <see cref="Count"/>; null when it is free.</summary>
    public SecurityAssociation? At(int number)
    {
        SaRecord* record = (SaRecord*)_records[number >> BlockShift] + (number & (BlockRecords - 1));
        return DetailOf(record)->Protection != 0 ? new SecurityAssociation(this, record) : null;
    }

    /// <summary>A cleared record of its own for an SA.</summary>
    public SaRecord* Add()
    {
        if (_free.Count == 0)
        {
            Grow();
        }

        return (SaRecord*)_free.Pop();
    }

    /// <summary>Takes a record back: whoever still finds it finds one that passes nothing.</summary>
    public void Remove(SaRecord* record)
    {
        uint number = record->Number;
        SecurityAssociation.FreeWindow(DetailOf(record), keep: null);
        *DetailOf(record) = default;
        *record = default;
        record->Number = number;
        _free.Push((nint)record);
    }

    /// <summary>The SA of a record in use.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public SecurityAssociation Owner(SaRecord* record) => new(this, record);

    /// <summary>What packets do not need of the SA of a record.</summary>
    public SaDetail* DetailOf(SaRecord* record) =>
        (SaDetail*)_details[(int)(record->Number >> BlockShift)] + (record->Number & (BlockRecords - 1));

    private void Grow()
    {
        // Safe: kept for the life of the process; every record lies inside the block.
        SaRecord* block = (SaRecord*)NativeMemory.AlignedAlloc(BlockRecords * SaRecord.Size, Alignment);
        NativeMemory.Clear(block, BlockRecords * SaRecord.Size);
        int first = Count;
        _records.Add((nint)block);
        _details.Add((nint)NativeMemory.AllocZeroed(BlockRecords, (nuint)sizeof(SaDetail)));
        for (int i = BlockRecords - 1; i >= 0; i--)
        {
            block[i].Number = (uint)(first + i);
            _free.Push((nint)(block + i));
        }
    }
}
