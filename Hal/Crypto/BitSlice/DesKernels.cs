using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.BitSlice;

/// <summary>The kernels that this processor runs.</summary>
internal static class DesKernels
{
    /// <summary>Makes the best one.</summary>
    public static DesKernel Best() => All().First();

    /// <summary>Makes them one by one, best first.</summary>
    public static IEnumerable<DesKernel> All()
    {
        if (ByteSlicedDes.IsSupported)
        {
            yield return new ByteSlicedDes();
        }

        if (Avx512F.IsSupported)
        {
            yield return new BitSlicedDes<Plane512>();
        }

        if (Vector256.IsHardwareAccelerated)
        {
            yield return new BitSlicedDes<Plane256>();
        }

        yield return new BitSlicedDes<Plane64>();
    }
}
