using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.Managed;

/// <summary>AES key schedules (FIPS 197 section 5.2), made with the processor's own S-box.</summary>
internal static unsafe class AesSchedule
{
    /// <summary>Room for the largest schedule: 15 round keys.</summary>
    public const int Bytes = 15 * 16;

    /// <summary>Rounds for a key of 16, 24 or 32 bytes.</summary>
    public static int Rounds(int keyBytes) => (keyBytes / 4) + 6;

    /// <summary>Round keys in the order in which blocks meet them.</summary>
    public static void Expand(ReadOnlySpan<byte> key, bool encrypt, byte* schedule)
    {
        int words = key.Length / 4;
        int rounds = Rounds(key.Length);
        uint* w = (uint*)schedule;
        key.CopyTo(new Span<byte>(schedule, key.Length));
        uint constant = 1;
        for (int i = words; i < 4 * (rounds + 1); i++)
        {
            uint last = w[i - 1];
            if (i % words == 0)
            {
                last = Substitute(last);
                last = ((last >> 8) | (last << 24)) ^ constant;
                constant = (constant << 1) ^ ((constant >> 7) * 0x11b);
            }
            else if (words > 6 && i % words == 4)
            {
                last = Substitute(last);
            }

            w[i] = w[i - words] ^ last;
        }

        if (!encrypt)
        {
            Reverse((Vector128<byte>*)schedule, rounds);
        }
    }

    // The instruction's first result word is the S-box over its input's second word.
    private static uint Substitute(uint word) => Aes.KeygenAssist(Vector128.Create(0, word, 0, 0).AsByte(), 0).AsUInt32().GetElement(0);

    // The equivalent inverse cipher, FIPS 197 section 5.3.5.
    private static void Reverse(Vector128<byte>* keys, int rounds)
    {
        for (int i = 0; i <= rounds / 2; i++)
        {
            Vector128<byte> first = keys[i];
            Vector128<byte> last = keys[rounds - i];
            bool outermost = i == 0;
            keys[i] = outermost ? last : Aes.InverseMixColumns(last);
            keys[rounds - i] = outermost ? first : Aes.InverseMixColumns(first);
        }
    }
}
