using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.Native;

/// <summary>One manager of libIPSec_MB (versions 1.3 to 2.x), bound at run time through its function pointers.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed unsafe class IpsecMb : IDisposable
{
    public const int CipherCbc = 1;
    public const int CipherNull = 3;
    public const int CipherDes = 7;
    public const int CipherTripleDes = 10;
    public const int HashHmacSha1 = 1;
    public const int HashHmacSha256 = 3;
    public const int HashHmacMd5 = 7;
    public const int HashNull = 8;
    public const int Encrypt = 1;
    public const int Decrypt = 2;
    public const int CipherThenHash = 1;
    public const int HashThenCipher = 2;
    public const int StatusCompleted = 3;

    // The function pointers' places in IMB_MGR have not moved from 1.3 to 2.x; 3.0 moves them.
    private const uint FirstVersion = 0x10300;
    private const uint EndVersion = 0x30000;

    // A job's fields that are used here end at 160.
    private const int MinJobBytes = 160;
    private const int MaxJobBytes = 512;

    private static readonly (nint Library, string? Problem) s_library = Find();

    private readonly nint _manager;
    private readonly nint[] _gcmEncrypt = new nint[3];
    private readonly nint[] _gcmDecrypt = new nint[3];
    private readonly nint[] _gcmExpand = new nint[3];

    private IpsecMb(nint manager, bool hasAvx512, string version)
    {
        _manager = manager;
        HasAvx512 = hasAvx512;
        Version = version;
        ExpandAes128 = (delegate* unmanaged<byte*, byte*, byte*, void>)Pointer(112);
        ExpandAes192 = (delegate* unmanaged<byte*, byte*, byte*, void>)Pointer(120);
        ExpandAes256 = (delegate* unmanaged<byte*, byte*, byte*, void>)Pointer(128);
        ExpandDes = (delegate* unmanaged<byte*, byte*, int>)Pointer(152);
        Sha1Block = (delegate* unmanaged<byte*, byte*, void>)Pointer(160);
        Sha256Block = (delegate* unmanaged<byte*, byte*, void>)Pointer(176);
        Md5Block = (delegate* unmanaged<byte*, byte*, void>)Pointer(200);
        for (int size = 0; size < 3; size++)
        {
            _gcmEncrypt[size] = Pointer(256 + (8 * size));
            _gcmDecrypt[size] = Pointer(280 + (8 * size));
            _gcmExpand[size] = Pointer(448 + (8 * size));
        }

        NextJob = (delegate* unmanaged<nint, IpsecMbJob*>)Pointer(64);
        SubmitJob = (delegate* unmanaged<nint, IpsecMbJob*>)Pointer(80);
        CompletedJob = (delegate* unmanaged<nint, IpsecMbJob*>)Pointer(88);
        FlushJob = (delegate* unmanaged<nint, IpsecMbJob*>)Pointer(96);
        CipherBurst = (delegate* unmanaged<nint, IpsecMbJob*, uint, int, int, ulong, uint>)Pointer(992);
        HashBurst = (delegate* unmanaged<nint, IpsecMbJob*, uint, int, uint>)Pointer(1008);
        JobBytes = MeasureJob();
    }

    /// <summary>Why the library cannot be used, as one sentence with a way out; null when it can.</summary>
    public static string? Problem => s_library.Problem;

    /// <summary>The library's version, such as 1.3.0.</summary>
    public string Version { get; }

    /// <summary>True when the manager runs the AVX-512 code: without it, DES takes milliseconds a packet.</summary>
    public bool HasAvx512 { get; }

    public nint Manager => _manager;

    /// <summary>(key, encryption keys, decryption keys).</summary>
    public delegate* unmanaged<byte*, byte*, byte*, void> ExpandAes128 { get; }

    public delegate* unmanaged<byte*, byte*, byte*, void> ExpandAes192 { get; }

    public delegate* unmanaged<byte*, byte*, byte*, void> ExpandAes256 { get; }

    /// <summary>(schedule, key).</summary>
    public delegate* unmanaged<byte*, byte*, int> ExpandDes { get; }

    /// <summary>(64 bytes, state).</summary>
    public delegate* unmanaged<byte*, byte*, void> Sha1Block { get; }

    public delegate* unmanaged<byte*, byte*, void> Sha256Block { get; }

    public delegate* unmanaged<byte*, byte*, void> Md5Block { get; }

    /// <summary>An empty job to fill.</summary>
    public delegate* unmanaged<nint, IpsecMbJob*> NextJob { get; }

    /// <summary>Takes the job of <see cref="NextJob"/>, its arguments unchecked; returns the oldest job if it is done, or null.</summary>
    public delegate* unmanaged<nint, IpsecMbJob*> SubmitJob { get; }

    /// <summary>The oldest job if it is done, or null.</summary>
    public delegate* unmanaged<nint, IpsecMbJob*> CompletedJob { get; }

    /// <summary>Finishes the oldest job and returns it; null when there is none.</summary>
    public delegate* unmanaged<nint, IpsecMbJob*> FlushJob { get; }

    /// <summary>
    /// Ciphers a caller's own array of jobs, all of one kind: (manager, jobs, count, cipher, direction, key bytes). Synchronous; returns
    /// the jobs done. Arguments are not checked.
    /// </summary>
    public delegate* unmanaged<nint, IpsecMbJob*, uint, int, int, ulong, uint> CipherBurst { get; }

    /// <summary>Hashes a caller's own array of jobs, all of one kind: (manager, jobs, count, hash). Returns the jobs done.</summary>
    public delegate* unmanaged<nint, IpsecMbJob*, uint, int, uint> HashBurst { get; }

    /// <summary>Bytes from one job of an array to the next: 200 in version 1.3, 216 or 240 later.</summary>
    public int JobBytes { get; }

    /// <summary>Makes a manager, or returns null and why not.</summary>
    public static IpsecMb? TryCreate(out string? problem)
    {
        problem = Problem;
        if (problem != null)
        {
            return null;
        }

        nint library = s_library.Library;
        var error = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "imb_get_errno");
        nint manager = ((delegate* unmanaged<ulong, nint>)NativeLibrary.GetExport(library, "alloc_mb_mgr"))(0);
        if (manager == 0)
        {
            problem = "ipsec-mb could not allocate a manager; free memory and restart.";
            return null;
        }

        bool avx512 = Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.IsSupported && Avx512CD.IsSupported;
        if (avx512)
        {
            ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "init_mb_mgr_avx512"))(manager);
            avx512 = error(manager) == 0;
        }

        if (!avx512)
        {
            int architecture;
            ((delegate* unmanaged<nint, int*, void>)NativeLibrary.GetExport(library, "init_mb_mgr_auto"))(manager, &architecture);
            if (error(manager) != 0)
            {
                Free(library, manager);
                problem = "ipsec-mb does not support this processor; libcrypto is used.";
                return null;
            }
        }

        uint version = GetVersion(library);
        IpsecMb made = new(manager, avx512, $"{version >> 16}.{(version >> 8) & 0xff}.{version & 0xff}");
        if (made.JobBytes is < MinJobBytes or > MaxJobBytes)
        {
            made.Dispose();
            problem = $"ipsec-mb {made.Version} lays out its jobs in an unknown way; libcrypto is used.";
            return null;
        }

        return made;
    }

    /// <summary>GCM of a whole message: (key table, context, out, in, bytes, 12-byte nonce, aad, bytes, tag, bytes).</summary>
    public delegate* unmanaged<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void> Gcm(int keyBytes, bool encrypt) =>
        (delegate* unmanaged<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void>)
            (encrypt ? _gcmEncrypt : _gcmDecrypt)[(keyBytes - 16) / 8];

    /// <summary>Makes a GCM key table: (key, table).</summary>
    public delegate* unmanaged<byte*, byte*, void> ExpandGcm(int keyBytes) =>
        (delegate* unmanaged<byte*, byte*, void>)_gcmExpand[(keyBytes - 16) / 8];

    public void Dispose() => Free(s_library.Library, _manager);

    private static void Free(nint library, nint manager) =>
        ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "free_mb_mgr"))(manager);

    private static uint GetVersion(nint library) =>
        ((delegate* unmanaged<uint>)NativeLibrary.GetExport(library, "imb_get_version"))();

    private static (nint Library, string? Problem) Find()
    {
        string problem = "libIPSec_MB is not installed, so managed code and libcrypto do the packets' cryptography, more slowly; "
            + "install the package libipsec-mb1.";
        foreach (string name in (string[])["libIPSec_MB.so.2", "libIPSec_MB.so.1"])
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
            {
                continue;
            }

            if (NativeLibrary.TryGetExport(library, "imb_get_version", out _)
                && GetVersion(library) is >= FirstVersion and < EndVersion)
            {
                return (library, null);
            }

            problem = $"{name} is not a version between 1.3 and 2.x, so managed code and libcrypto do the packets' cryptography; "
                + "install the package libipsec-mb1.";
            NativeLibrary.Free(library);
        }

        return (0, problem);
    }

    // The manager's own jobs lie side by side: their distance is the size of a job in this version, whatever its number says.
    private int MeasureJob()
    {
        IpsecMbJob** two = stackalloc IpsecMbJob*[2];
        uint given = ((delegate* unmanaged<nint, uint, IpsecMbJob**, uint>)Pointer(952))(_manager, 2, two);
        return given == 2 ? (int)((byte*)two[1] - (byte*)two[0]) : 0;
    }

    // Safe: the offsets are those of IMB_MGR in every accepted version.
    private nint Pointer(int offset) => *(nint*)(_manager + offset);
}
