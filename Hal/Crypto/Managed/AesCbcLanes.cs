using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Managed;

/// <summary>AES-CBC with eight blocks in flight: of eight packets to encrypt, where each block waits for the one before; of one packet to decrypt.</summary>
internal static unsafe class AesCbcLanes
{
    /// <summary>Bytes of scratch memory, which holds round keys afterwards.</summary>
    public const int ScratchBytes = AesSchedule.Bytes * Lanes;

    private const int Lanes = 8;
    private const int Block = 16;
    private const int Row = Lanes * Block;

    /// <summary>Encrypts jobs whose keys have the same number of rounds. Packets may differ in length: a lane takes the next as one ends.</summary>
    // Safe: reads and writes the jobs' own text, and the scratch that the caller gives.
    [SkipLocalsInit]
    public static void Encrypt(CryptoJob** jobs, int count, int rounds, byte* scratch)
    {
        byte** text = stackalloc byte*[Lanes];
        int* left = stackalloc int[Lanes];
        Vector128<byte>* chain = stackalloc Vector128<byte>[Lanes];
        int next = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            left[lane] = 0;
        }

        while (true)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                while (left[lane] == 0 && next < count)
                {
                    CryptoJob* job = jobs[next++];
                    text[lane] = (byte*)job->Cipher;
                    left[lane] = job->CipherBytes;
                    chain[lane] = *(Vector128<byte>*)job->Iv;
                    byte* keys = ((ManagedKey*)job->Key)->Schedule;
                    for (int round = 0; round <= rounds; round++)
                    {
                        *(Vector128<byte>*)(scratch + (round * Row) + (lane * Block)) = *(Vector128<byte>*)(keys + (round * Block));
                    }
                }
            }

            int busy = 0;
            while (busy < Lanes && left[busy] == 0)
            {
                busy++;
            }

            if (busy == Lanes)
            {
                return;
            }

            int least = left[busy];
            for (int lane = 0; lane < Lanes; lane++)
            {
                if (left[lane] == 0)
                {
                    // A spare lane does what a busy one does, to the same bytes: harmless, and cheaper than a narrower loop.
                    text[lane] = text[busy];
                    left[lane] = left[busy];
                    chain[lane] = chain[busy];
                    for (int round = 0; round <= rounds; round++)
                    {
                        byte* row = scratch + (round * Row);
                        *(Vector128<byte>*)(row + (lane * Block)) = *(Vector128<byte>*)(row + (busy * Block));
                    }
                }

                least = Math.Min(least, left[lane]);
            }

            Run(text, chain, scratch, rounds, least);
            for (int lane = 0; lane < Lanes; lane++)
            {
                text[lane] += least;
                left[lane] -= least;
            }
        }
    }

    /// <summary>Decrypts one packet in place.</summary>
    // Safe: reads and writes the text only; the scratch holds eight blocks.
    [SkipLocalsInit]
    public static void Decrypt(CryptoJob* job, int rounds, byte* scratch)
    {
        byte* keys = ((ManagedKey*)job->Key)->Schedule;
        byte* text = (byte*)job->Cipher;
        byte* end = text + job->CipherBytes;
        Vector128<byte> chain = *(Vector128<byte>*)job->Iv;
        for (; end - text >= Row; text += Row)
        {
            chain = DecryptRow(text, chain, keys, rounds);
        }

        int rest = (int)(end - text);
        if (rest > 0)
        {
            // What is beyond the rest is whatever the scratch held, and is not copied back.
            Copy(text, scratch, rest);
            _ = DecryptRow(scratch, chain, keys, rounds);
            Copy(scratch, text, rest);
        }
    }

    private static void Copy(byte* from, byte* to, int bytes)
    {
        for (int i = 0; i < bytes; i += Block)
        {
            *(Vector128<byte>*)(to + i) = *(Vector128<byte>*)(from + i);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(byte** text, Vector128<byte>* chain, byte* keys, int rounds, int bytes)
    {
        byte* t0 = text[0], t1 = text[1], t2 = text[2], t3 = text[3], t4 = text[4], t5 = text[5], t6 = text[6], t7 = text[7];
        Vector128<byte> c0 = chain[0], c1 = chain[1], c2 = chain[2], c3 = chain[3], c4 = chain[4], c5 = chain[5], c6 = chain[6], c7 = chain[7];
        byte* last = keys + (rounds * Row);
        for (nint at = 0; at < bytes; at += Block)
        {
            // All lanes read before one writes: spare lanes share a busy lane's bytes.
            c0 = c0 ^ *(Vector128<byte>*)(t0 + at) ^ *(Vector128<byte>*)keys;
            c1 = c1 ^ *(Vector128<byte>*)(t1 + at) ^ *(Vector128<byte>*)(keys + 16);
            c2 = c2 ^ *(Vector128<byte>*)(t2 + at) ^ *(Vector128<byte>*)(keys + 32);
            c3 = c3 ^ *(Vector128<byte>*)(t3 + at) ^ *(Vector128<byte>*)(keys + 48);
            c4 = c4 ^ *(Vector128<byte>*)(t4 + at) ^ *(Vector128<byte>*)(keys + 64);
            c5 = c5 ^ *(Vector128<byte>*)(t5 + at) ^ *(Vector128<byte>*)(keys + 80);
            c6 = c6 ^ *(Vector128<byte>*)(t6 + at) ^ *(Vector128<byte>*)(keys + 96);
            c7 = c7 ^ *(Vector128<byte>*)(t7 + at) ^ *(Vector128<byte>*)(keys + 112);
            for (byte* key = keys + Row; key < last; key += Row)
            {
                c0 = Aes.Encrypt(c0, *(Vector128<byte>*)key);
                c1 = Aes.Encrypt(c1, *(Vector128<byte>*)(key + 16));
                c2 = Aes.Encrypt(c2, *(Vector128<byte>*)(key + 32));
                c3 = Aes.Encrypt(c3, *(Vector128<byte>*)(key + 48));
                c4 = Aes.Encrypt(c4, *(Vector128<byte>*)(key + 64));
                c5 = Aes.Encrypt(c5, *(Vector128<byte>*)(key + 80));
                c6 = Aes.Encrypt(c6, *(Vector128<byte>*)(key + 96));
                c7 = Aes.Encrypt(c7, *(Vector128<byte>*)(key + 112));
            }

            *(Vector128<byte>*)(t0 + at) = c0 = Aes.EncryptLast(c0, *(Vector128<byte>*)last);
            *(Vector128<byte>*)(t1 + at) = c1 = Aes.EncryptLast(c1, *(Vector128<byte>*)(last + 16));
            *(Vector128<byte>*)(t2 + at) = c2 = Aes.EncryptLast(c2, *(Vector128<byte>*)(last + 32));
            *(Vector128<byte>*)(t3 + at) = c3 = Aes.EncryptLast(c3, *(Vector128<byte>*)(last + 48));
            *(Vector128<byte>*)(t4 + at) = c4 = Aes.EncryptLast(c4, *(Vector128<byte>*)(last + 64));
            *(Vector128<byte>*)(t5 + at) = c5 = Aes.EncryptLast(c5, *(Vector128<byte>*)(last + 80));
            *(Vector128<byte>*)(t6 + at) = c6 = Aes.EncryptLast(c6, *(Vector128<byte>*)(last + 96));
            *(Vector128<byte>*)(t7 + at) = c7 = Aes.EncryptLast(c7, *(Vector128<byte>*)(last + 112));
        }

        chain[0] = c0;
        chain[1] = c1;
        chain[2] = c2;
        chain[3] = c3;
        chain[4] = c4;
        chain[5] = c5;
        chain[6] = c6;
        chain[7] = c7;
    }

    // Eight blocks in place; returns the last ciphertext block.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> DecryptRow(byte* text, Vector128<byte> chain, byte* keys, int rounds)
    {
        Vector128<byte>* blocks = (Vector128<byte>*)text;
        Vector128<byte> a0 = blocks[0], a1 = blocks[1], a2 = blocks[2], a3 = blocks[3];
        Vector128<byte> a4 = blocks[4], a5 = blocks[5], a6 = blocks[6], a7 = blocks[7];
        Vector128<byte> k = *(Vector128<byte>*)keys;
        Vector128<byte> b0 = a0 ^ k, b1 = a1 ^ k, b2 = a2 ^ k, b3 = a3 ^ k, b4 = a4 ^ k, b5 = a5 ^ k, b6 = a6 ^ k, b7 = a7 ^ k;
        byte* last = keys + (rounds * Block);
        for (byte* key = keys + Block; key < last; key += Block)
        {
            k = *(Vector128<byte>*)key;
            b0 = Aes.Decrypt(b0, k);
            b1 = Aes.Decrypt(b1, k);
            b2 = Aes.Decrypt(b2, k);
            b3 = Aes.Decrypt(b3, k);
            b4 = Aes.Decrypt(b4, k);
            b5 = Aes.Decrypt(b5, k);
            b6 = Aes.Decrypt(b6, k);
            b7 = Aes.Decrypt(b7, k);
        }

        k = *(Vector128<byte>*)last;
        blocks[0] = Aes.DecryptLast(b0, k) ^ chain;
        blocks[1] = Aes.DecryptLast(b1, k) ^ a0;
        blocks[2] = Aes.DecryptLast(b2, k) ^ a1;
        blocks[3] = Aes.DecryptLast(b3, k) ^ a2;
        blocks[4] = Aes.DecryptLast(b4, k) ^ a3;
        blocks[5] = Aes.DecryptLast(b5, k) ^ a4;
        blocks[6] = Aes.DecryptLast(b6, k) ^ a5;
        blocks[7] = Aes.DecryptLast(b7, k) ^ a6;
        return a7;
    }
}
