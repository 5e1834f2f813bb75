using System.Runtime.CompilerServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Anti-replay window (RFC 4303 section 3.4.3) as a ring of 64-bit blocks (RFC 6479): moving it clears blocks, shifts nothing.</summary>
/// <remarks>Numbers have 64 bits; those of an SA without extended sequence numbers never exceed 32.</remarks>
internal static unsafe class ReplayWindow
{
    /// <summary>Largest window.</summary>
    public const uint LargestPackets = 8192;

    /// <summary>Packets of a block.</summary>
    public const uint BlockBits = 1 << BlockShift;

    private const int BlockShift = 6;

    /// <summary>Blocks of a ring for a window, a power of two: one of them is being entered and cannot count.</summary>
    public static uint BlocksFor(uint windowPackets) =>
        Math.Max(SaRuntimeRecord.WindowWords, System.Numerics.BitOperations.RoundUpToPowerOf2(((windowPackets + BlockBits - 1) >> BlockShift) + 1));

    /// <summary>The number whose lower half came with a packet: the one nearest to the window, never left of it (RFC 4303 appendix A2.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Infer(ulong top, uint windowPackets, uint sequence)
    {
        ulong bottom = top >= windowPackets ? top - windowPackets + 1 : 0;
        return bottom + (sequence - (uint)bottom);
    }

    /// <summary>True when the number is neither left of the window nor seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFresh(SaRecord* sa, ulong sequence)
    {
        ulong top = sa->Row->Sequence;
        if (sequence > top)
        {
            return true;
        }

        // Number 0 is never sent (RFC 4303 section 2.2).
        return sequence != 0 && top - sequence < sa->WindowPackets
            && (sa->Window[(uint)(sequence >> BlockShift) & sa->WindowMask] & (1UL << (int)(sequence & (BlockBits - 1)))) == 0;
    }

    /// <summary>Takes the number of a packet whose integrity has been checked; false when it is not fresh. A window of 0 takes any.</summary>
    public static bool TryAccept(SaRecord* sa, ulong sequence)
    {
        if (sa->WindowPackets == 0)
        {
            sa->Row->Sequence = Math.Max(sa->Row->Sequence, sequence);
            return true;
        }

        if (!IsFresh(sa, sequence))
        {
            return false;
        }

        Accept(sa, sequence);
        return true;
    }

    /// <summary>Marks a fresh number as seen. Only for a packet whose integrity has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accept(SaRecord* sa, ulong sequence)
    {
        ulong top = sa->Row->Sequence;
        if (sequence > top)
        {
            if ((sequence ^ top) >= BlockBits)
            {
                Enter(sa, top >> BlockShift, sequence >> BlockShift);
            }

            sa->Row->Sequence = sequence;
        }

        sa->Window[(uint)(sequence >> BlockShift) & sa->WindowMask] |= 1UL << (int)(sequence & (BlockBits - 1));
    }

    /// <summary>Fills a ring from another one, or from none: what that does not know counts as seen, up to the highest number.</summary>
    public static void Fill(ulong* ring, uint blocks, ulong* source, uint sourceBlocks, ulong top)
    {
        ulong topBlock = top >> BlockShift;
        for (uint back = 0; back < blocks; back++)
        {
            ulong block = topBlock - back;
            ulong seen = back > 0 ? ulong.MaxValue : ulong.MaxValue >> (int)(BlockBits - 1 - (top & (BlockBits - 1)));
            ring[block & (blocks - 1)] = back > topBlock ? 0 : back < sourceBlocks ? source[block & (sourceBlocks - 1)] : seen;
        }
    }

    // The window moves into later blocks: what they held is forgotten.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Enter(SaRecord* sa, ulong from, ulong block)
    {
        ulong entered = Math.Min(block - from, sa->WindowMask + 1UL);
        for (ulong i = 0; i < entered; i++)
        {
            sa->Window[(uint)(block - i) & sa->WindowMask] = 0;
        }
    }
}
