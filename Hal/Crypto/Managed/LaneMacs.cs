using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.Managed;

/// <summary>Chooses the lanes that this processor has.</summary>
internal static class LaneMacs
{
    /// <summary>True with the instructions of <see cref="Avx512Lanes"/>.</summary>
    public static bool HasAvx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512BW.IsSupported;

    /// <summary>16 lanes with AVX-512, 8 with AVX2, otherwise one.</summary>
    public static ILaneMac Create() =>
        HasAvx512 ? new LaneMac<Avx512Lanes, Vector512<uint>>()
        : Avx2.IsSupported ? new LaneMac<Avx2Lanes, Vector256<uint>>()
        : new LaneMac<ScalarLane, uint>();
}
