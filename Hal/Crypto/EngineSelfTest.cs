using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>Known-answer test of one engine, suite and direction, with 1, 17 and 33 jobs of different keys, data and lengths at once.</summary>
/// <remarks>
/// 17 and 33 jobs overfill the 16 lanes of vector code, where a job's bytes could land in another job's buffer. A slot is 512 bytes:
/// 8 header bytes, IV, text, tag, and the rest filled with 0xa5, so that a write past the tag changes the answer too.
/// </remarks>
internal static unsafe class EngineSelfTest
{
    private const int SlotBytes = 512;
    private const int HeaderBytes = 8;
    private const int MaxJobs = 33;
    private const byte Canary = 0xa5;

    private static readonly int[] s_jobCounts = [1, 17, MaxJobs];

    /// <summary>Null when every answer was right, or what went wrong: "17 jobs".</summary>
    public static string? Run(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction)
    {
        string[] answers = SelfTestAnswers.All[suite].Split(' ');
        int first = direction == CryptoDirection.Encrypt ? 0 : s_jobCounts.Length;
        byte* slots = (byte*)NativeMemory.AlignedAlloc(MaxJobs * SlotBytes, 64);
        var jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(MaxJobs * sizeof(CryptoJob)), 64);
        Span<nint> keys = [CreateKey(engine, suite, direction, 0), CreateKey(engine, suite, direction, 1)];
        try
        {
            for (int i = 0; i < s_jobCounts.Length; i++)
            {
                // Safe: Prepare stays inside the slots, whose size fits the largest job.
                int count = s_jobCounts[i];
                Prepare(slots, jobs, count, suite, keys);
                engine.Submit(new Span<CryptoJob>(jobs, count));
                engine.Drain();
                if (!IsRight(slots, jobs, count, Convert.FromHexString(answers[first + i])))
                {
                    return $"{count} jobs";
                }
            }

            return null;
        }
        finally
        {
            engine.DestroyKey(keys[0]);
            engine.DestroyKey(keys[1]);
            NativeMemory.AlignedFree(jobs);
            NativeMemory.AlignedFree(slots);
        }
    }

    private static nint CreateKey(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction, int which)
    {
        Span<byte> cipherKey = stackalloc byte[suite.CipherKeyBytes];
        Span<byte> macKey = stackalloc byte[suite.MacKeyBytes];
        for (int i = 0; i < cipherKey.Length; i++)
        {
            cipherKey[i] = (byte)((7 * i) + 3 + (100 * which));
        }

        for (int i = 0; i < macKey.Length; i++)
        {
            macKey[i] = (byte)((5 * i) + 1 + (100 * which));
        }

        return engine.CreateKey(suite, direction, cipherKey, macKey);
    }

    private static void Prepare(byte* slots, CryptoJob* jobs, int count, CryptoSuite suite, ReadOnlySpan<nint> keys)
    {
        new Span<byte>(slots, MaxJobs * SlotBytes).Fill(Canary);
        for (int job = 0; job < count; job++)
        {
            byte* slot = slots + (job * SlotBytes);
            bool gcm = suite.Cipher == CipherAlgorithm.AesGcm;
            int cipherBytes = suite.PadBlockBytes * (1 + (gcm ? job * 37 % 109 : job * 5 % 13));
            int bytes = HeaderBytes + suite.IvBytes + cipherBytes;
            uint state = (uint)(job + 1) * 0x9E3779B9;
            for (int i = 0; i < bytes; i++)
            {
                state = (state * 1664525) + 1013904223;
                slot[i] = (byte)(state >> 24);
            }

            jobs[job] = new CryptoJob
            {
                Key = keys[job % 2],
                Iv = (nint)(slot + HeaderBytes),
                Cipher = (nint)(slot + HeaderBytes + suite.IvBytes),
                CipherBytes = cipherBytes,
                Hash = (nint)slot,
                HashBytes = gcm ? HeaderBytes : bytes,
                Tag = (nint)(slot + bytes),
            };
        }
    }

    private static bool IsRight(byte* slots, CryptoJob* jobs, int count, ReadOnlySpan<byte> answer)
    {
        for (int i = 0; i < count; i++)
        {
            if (jobs[i].Status != CryptoStatus.Completed)
            {
                return false;
            }
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(new ReadOnlySpan<byte>(slots, count * SlotBytes), digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest) == BinaryPrimitives.ReadUInt64BigEndian(answer);
    }
}
