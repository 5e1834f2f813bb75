using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<ulong>;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Columns of blocks, one block a lane: fetched from and brought back to the lanes' packets eight at a time.</summary>
/// <remarks>
/// Packet buffers lie 2 KB apart, so the lanes' lines fall on few sets of the first cache: a line must be done with in one go. Eight
/// blocks are a line, and an 8 x 8 transposition makes columns of eight lanes' lines.
/// </remarks>
internal static unsafe class LaneColumns
{
    /// <summary>Columns that are fetched at once at most.</summary>
    public const int Most = 8;

    /// <summary>Fetches block <paramref name="first"/> and those behind it of every lane; lanes are a multiple of eight.</summary>
    [SkipLocalsInit]
    public static void Gather(byte** data, int first, int columns, ulong* to, int lanes)
    {
        if (columns == Most && Avx512F.IsSupported)
        {
            for (int lane = 0; lane < lanes; lane += 8)
            {
                V a = Line(data, lane, first), b = Line(data, lane + 1, first), c = Line(data, lane + 2, first);
                V d = Line(data, lane + 3, first), e = Line(data, lane + 4, first), f = Line(data, lane + 5, first);
                V g = Line(data, lane + 6, first), h = Line(data, lane + 7, first);
                Transposition.Words(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
                ulong* column = to + lane;
                a.Store(column);
                b.Store(column + lanes);
                c.Store(column + (2 * lanes));
                d.Store(column + (3 * lanes));
                e.Store(column + (4 * lanes));
                f.Store(column + (5 * lanes));
                g.Store(column + (6 * lanes));
                h.Store(column + (7 * lanes));
            }

            return;
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            ulong* blocks = (ulong*)data[lane] + first;
            ulong* column = to + lane;
            for (int i = 0; i < columns; i++, column += lanes)
            {
                *column = blocks[i];
            }
        }
    }

    /// <summary>Brings columns back to where <see cref="Gather"/> took them.</summary>
    [SkipLocalsInit]
    public static void Scatter(byte** data, int first, int columns, ulong* from, int lanes)
    {
        if (columns == Most && Avx512F.IsSupported)
        {
            for (int lane = 0; lane < lanes; lane += 8)
            {
                ulong* column = from + lane;
                V a = Vector512.Load(column), b = Vector512.Load(column + lanes), c = Vector512.Load(column + (2 * lanes));
                V d = Vector512.Load(column + (3 * lanes)), e = Vector512.Load(column + (4 * lanes));
                V f = Vector512.Load(column + (5 * lanes)), g = Vector512.Load(column + (6 * lanes));
                V h = Vector512.Load(column + (7 * lanes));
                Transposition.Words(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
                a.Store((ulong*)data[lane] + first);
                b.Store((ulong*)data[lane + 1] + first);
                c.Store((ulong*)data[lane + 2] + first);
                d.Store((ulong*)data[lane + 3] + first);
                e.Store((ulong*)data[lane + 4] + first);
                f.Store((ulong*)data[lane + 5] + first);
                g.Store((ulong*)data[lane + 6] + first);
                h.Store((ulong*)data[lane + 7] + first);
            }

            return;
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            ulong* blocks = (ulong*)data[lane] + first;
            ulong* column = from + lane;
            for (int i = 0; i < columns; i++, column += lanes)
            {
                blocks[i] = *column;
            }
        }
    }

    public static void Xor(ulong* to, ulong* a, ulong* b, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += 8)
        {
            (Vector512.Load(a + lane) ^ Vector512.Load(b + lane)).Store(to + lane);
        }
    }

    public static void Copy(ulong* to, ulong* from, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += 8)
        {
            Vector512.Load(from + lane).Store(to + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Line(byte** data, int lane, int first) => Vector512.Load((ulong*)data[lane] + first);
}
