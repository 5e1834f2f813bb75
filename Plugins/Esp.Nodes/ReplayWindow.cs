using System.Runtime.CompilerServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Anti-replay window (RFC 4303 section 3.4.3) as a ring of 64-bit blocks (RFC 6479): moving it clears blocks, shifts nothing.</summary>
internal static unsafe class ReplayWindow
{
    /// <summary>Largest window: one block of the ring is being entered and cannot count.</summary>
    public const uint LargestPackets = (SaRuntimeRecord.WindowWords - 1) * BlockBits;

    private const int BlockShift = 6;
    private const uint BlockBits = 1 << BlockShift;
    private const uint BlockMask = SaRuntimeRecord.WindowWords - 1;

    /// <summary>True when the number is neither left of the window nor seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFresh(SaRuntimeRecord* row, uint windowPackets, uint sequence)
    {
        uint top = (uint)row->Sequence;
        if (sequence > top)
        {
            return true;
        }

        // Number 0 is never sent (RFC 4303 section 2.2).
        return sequence != 0 && top - sequence < windowPackets
            && (row->Window[(sequence >> BlockShift) & BlockMask] & (1UL << (int)(sequence & (BlockBits - 1)))) == 0;
    }

    /// <summary>Takes the number of a packet whose integrity has been checked; false when it is not fresh. A window of 0 takes any.</summary>
    public static bool TryAccept(SaRuntimeRecord* row, uint windowPackets, uint sequence)
    {
        if (windowPackets == 0)
        {
            row->Sequence = Math.Max(row->Sequence, sequence);
            return true;
        }

        if (!IsFresh(row, windowPackets, sequence))
        {
            return false;
        }

        Accept(row, sequence);
        return true;
    }

    /// <summary>Marks a fresh number as seen. Only for a packet whose integrity has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accept(SaRuntimeRecord* row, uint sequence)
    {
        uint top = (uint)row->Sequence;
        if (sequence > top)
        {
            if ((sequence ^ top) >= BlockBits)
            {
                Enter(row, top >> BlockShift, sequence >> BlockShift);
            }

            row->Sequence = sequence;
        }

        row->Window[(sequence >> BlockShift) & BlockMask] |= 1UL << (int)(sequence & (BlockBits - 1));
    }

    // The window moves into later blocks: what they held is forgotten.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Enter(SaRuntimeRecord* row, uint from, uint block)
    {
        uint entered = Math.Min(block - from, SaRuntimeRecord.WindowWords);
        for (uint i = 0; i < entered; i++)
        {
            row->Window[(block - i) & BlockMask] = 0;
        }
    }
}
