using System.Runtime.Intrinsics.X86;
using RouterOS.Crypto.Managed;

namespace RouterOS.Crypto;

/// <summary>This processor's class.</summary>
internal static class ThisProcessor
{
    public static ProcessorClass Class =>
        LaneMacs.HasAvx512 ? ProcessorClass.Avx512 : Avx2.IsSupported ? ProcessorClass.Avx2 : ProcessorClass.Basic;
}
