using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace RouterOS.Esp.Nodes;

/// <summary>Initialisation vectors for CBC, each used once: the key stream of AES-128 in counter mode under a key of the system's generator.</summary>
/// <remarks>
/// CBC needs vectors that nobody can foretell (RFC 3602 section 3): whoever has seen any number of them knows no other without breaking
/// AES. The key is drawn anew often, so none is in memory for long. Without AES instructions all bytes come from the system's generator.
/// Owned by one worker.
/// </remarks>
internal sealed unsafe class IvPool
{
    /// <summary>Bytes made at a time: few enough to stay in the first-level cache until they are used.</summary>
    public const int Bytes = 4096;

    /// <summary>Bytes from one vector to the next; of shorter ones the rest is thrown away.</summary>
    public const int IvRoom = BlockBytes;

    private const int BlockBytes = 16;
    private const int RoundKeys = 11;
    private const int RefillsPerKey = 256;

    // Safe: kept for the life of the process, like the node that owns it.
    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(Bytes + (RoundKeys * BlockBytes), 64);
    private int _used = Bytes;
    private int _refillsLeft;
    private Vector128<ulong> _counter;

    private Vector128<byte>* Keys => (Vector128<byte>*)(_bytes + Bytes);

    /// <summary>Where the next vectors lie, one every <see cref="IvRoom"/> bytes, aligned.</summary>
    /// <param name="count">How many must be there: at most <see cref="Bytes"/> hold.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Ahead(int count)
    {
        if (_used + (count * IvRoom) > Bytes)
        {
            Refill();
        }

        return _bytes + _used;
    }

    /// <summary>So many of the vectors ahead have been copied: they do not come again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(int count) => _used += count * IvRoom;

    /// <summary>Copies the next vector of 16 bytes.</summary>
    public void Take16(byte* destination)
    {
        Vector128.LoadAligned(Ahead(1)).Store(destination);
        Take(1);
    }

    /// <summary>Copies the next vector of 8 bytes.</summary>
    public void Take8(byte* destination)
    {
        *(ulong*)destination = *(ulong*)Ahead(1);
        Take(1);
    }

    /// <summary>The key stream of a key from a counter on, as <see cref="Refill"/> makes it. Needs AES instructions.</summary>
    /// <param name="keys">Room for the schedule.</param>
    /// <param name="key">16 bytes.</param>
    /// <param name="counter">First block to encipher; its low half counts up, little-endian.</param>
    /// <param name="destination">Where the stream goes.</param>
    /// <param name="blocks">Blocks of 16 bytes, a multiple of 8.</param>
    internal static void Stream(
        Vector128<byte>* keys, Vector128<byte> key, ref Vector128<ulong> counter, byte* destination, int blocks)
    {
        Expand(keys, key);
        Fill(keys, ref counter, destination, blocks);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refill()
    {
        _used = 0;
        if (!X86Aes.IsSupported)
        {
            // Safe: the span is the block's own.
            RandomNumberGenerator.Fill(new Span<byte>(_bytes, Bytes));
            return;
        }

        if (--_refillsLeft < 0)
        {
            _refillsLeft = RefillsPerKey;
            Vector128<byte>* seed = stackalloc Vector128<byte>[2];
            RandomNumberGenerator.Fill(new Span<byte>(seed, 2 * BlockBytes));
            Expand(Keys, seed[0]);
            _counter = seed[1].AsUInt64();
            CryptographicOperations.ZeroMemory(new Span<byte>(seed, 2 * BlockBytes));
        }

        Fill(Keys, ref _counter, _bytes, Bytes / BlockBytes);
    }

    // Eight blocks at once: as many as the latency of one round hides.
    private static void Fill(Vector128<byte>* keys, ref Vector128<ulong> counter, byte* destination, int blocks)
    {
        Vector128<ulong> one = Vector128.Create(1UL, 0UL);
        Vector128<ulong> next = counter;
        for (int i = 0; i < blocks; i += 8, destination += 8 * BlockBytes)
        {
            Vector128<byte> whitening = keys[0];
            Vector128<byte> a = next.AsByte() ^ whitening;
            Vector128<byte> b = (next += one).AsByte() ^ whitening;
            Vector128<byte> c = (next += one).AsByte() ^ whitening;
            Vector128<byte> d = (next += one).AsByte() ^ whitening;
            Vector128<byte> e = (next += one).AsByte() ^ whitening;
            Vector128<byte> f = (next += one).AsByte() ^ whitening;
            Vector128<byte> g = (next += one).AsByte() ^ whitening;
            Vector128<byte> h = (next += one).AsByte() ^ whitening;
            next += one;
            for (int round = 1; round < RoundKeys - 1; round++)
            {
                Vector128<byte> key = keys[round];
                a = X86Aes.Encrypt(a, key);
                b = X86Aes.Encrypt(b, key);
                c = X86Aes.Encrypt(c, key);
                d = X86Aes.Encrypt(d, key);
                e = X86Aes.Encrypt(e, key);
                f = X86Aes.Encrypt(f, key);
                g = X86Aes.Encrypt(g, key);
                h = X86Aes.Encrypt(h, key);
            }

            Vector128<byte> last = keys[RoundKeys - 1];
            X86Aes.EncryptLast(a, last).Store(destination);
            X86Aes.EncryptLast(b, last).Store(destination + 16);
            X86Aes.EncryptLast(c, last).Store(destination + 32);
            X86Aes.EncryptLast(d, last).Store(destination + 48);
            X86Aes.EncryptLast(e, last).Store(destination + 64);
            X86Aes.EncryptLast(f, last).Store(destination + 80);
            X86Aes.EncryptLast(g, last).Store(destination + 96);
            X86Aes.EncryptLast(h, last).Store(destination + 112);
        }

        counter = next;
    }

    // FIPS 197 section 5.2. The instruction wants its round constant as an immediate.
    private static void Expand(Vector128<byte>* keys, Vector128<byte> key)
    {
        keys[0] = key;
        keys[1] = key = Next(key, X86Aes.KeygenAssist(key, 0x01));
        keys[2] = key = Next(key, X86Aes.KeygenAssist(key, 0x02));
        keys[3] = key = Next(key, X86Aes.KeygenAssist(key, 0x04));
        keys[4] = key = Next(key, X86Aes.KeygenAssist(key, 0x08));
        keys[5] = key = Next(key, X86Aes.KeygenAssist(key, 0x10));
        keys[6] = key = Next(key, X86Aes.KeygenAssist(key, 0x20));
        keys[7] = key = Next(key, X86Aes.KeygenAssist(key, 0x40));
        keys[8] = key = Next(key, X86Aes.KeygenAssist(key, 0x80));
        keys[9] = key = Next(key, X86Aes.KeygenAssist(key, 0x1B));
        keys[10] = Next(key, X86Aes.KeygenAssist(key, 0x36));
    }

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        Vector128<uint> words = key.AsUInt32();
        // Word i of the next round key is the sum of words 0 to i and the assist's last word.
        words ^= Vector128.Shuffle(words, Vector128.Create(9u, 0, 1, 2));
        words ^= Vector128.Shuffle(words, Vector128.Create(9u, 9, 0, 1));
        return (words ^ Vector128.Shuffle(assist.AsUInt32(), Vector128.Create(3u, 3, 3, 3))).AsByte();
    }
}
