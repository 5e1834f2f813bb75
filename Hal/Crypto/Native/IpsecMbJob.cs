using System.Runtime.InteropServices;

namespace RouterOS.Crypto.Native;

/// <summary>The library's IMB_JOB, as it is laid out in versions 1.3 to 2.x; later fields are left as the library made them.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct IpsecMbJob
{
    [FieldOffset(0)]
    public void* EncryptKeys;

    [FieldOffset(8)]
    public void* DecryptKeys;

    [FieldOffset(16)]
    public ulong KeyBytes;

    [FieldOffset(24)]
    public byte* Source;

    [FieldOffset(32)]
    public byte* Destination;

    [FieldOffset(40)]
    public ulong CipherOffset;

    [FieldOffset(48)]
    public ulong CipherBytes;

    [FieldOffset(56)]
    public ulong HashOffset;

    [FieldOffset(64)]
    public ulong HashBytes;

    [FieldOffset(72)]
    public byte* Iv;

    [FieldOffset(80)]
    public ulong IvBytes;

    [FieldOffset(88)]
    public byte* Tag;

    [FieldOffset(96)]
    public ulong TagBytes;

    [FieldOffset(104)]
    public void* InnerPad;

    [FieldOffset(112)]
    public void* OuterPad;

    [FieldOffset(128)]
    public int Status;

    [FieldOffset(132)]
    public int CipherMode;

    [FieldOffset(136)]
    public int Direction;

    [FieldOffset(140)]
    public int HashAlgorithm;

    [FieldOffset(144)]
    public int ChainOrder;

    [FieldOffset(152)]
    public void* UserData;
}
