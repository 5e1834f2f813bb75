using System.Runtime.InteropServices;

namespace RouterOS.Crypto.Managed;

/// <summary>A key of <see cref="ManagedEngine"/>. Lives in locked memory, zeroed when freed.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal unsafe struct ManagedKey
{
    public const int Bytes = 448;

    /// <summary>Which of the engine's queues takes the jobs of this key.</summary>
    [FieldOffset(0)]
    public int Queue;

    /// <summary>AES round keys in the order of the direction.</summary>
    [FieldOffset(64)]
    public fixed byte Schedule[AesSchedule.Bytes];

    /// <summary>The HMAC key.</summary>
    [FieldOffset(320)]
    public fixed byte States[HmacStates.Bytes];
}
