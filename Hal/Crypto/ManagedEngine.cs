using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>AES-CBC and HMAC without any library: the processor's AES instructions over eight packets, and one message a lane to hash.</summary>
/// <remarks>
/// Owned by one worker's thread. Jobs of one submission may finish only in <see cref="Drain"/>, in any order. Needs AES-NI; the hashes use
/// the widest lanes there are.
/// </remarks>
public sealed unsafe class ManagedEngine : ICryptoEngine, ICryptoCounters
{
    private readonly ILaneMac _mac;

    // Round keys and text of the packets in flight.
    private readonly nint _scratch = LockedMemory.Allocate(AesCbcLanes.ScratchBytes);
    private readonly SuiteCounters _counters = new();
    private ManagedQueue[] _queues = [];

    internal ManagedEngine(ILaneMac mac) => _mac = mac;

    /// <inheritdoc/>
    public string Name => $"managed {(_mac.Lanes == 1 ? "aes-ni" : $"aes-ni, {_mac.Lanes} lanes")}";

    /// <summary>Makes an engine, or returns null and one sentence why the processor cannot run it.</summary>
    public static ManagedEngine? TryCreate(out string? problem)
    {
        problem = Aes.IsSupported ? null : "This processor has no AES instructions, so the managed engine cannot run; libcrypto is used.";
        return problem is null ? new ManagedEngine(LaneMacs.Create()) : null;
    }

    /// <inheritdoc/>
    public bool Supports(CryptoSuite suite, CryptoDirection direction) =>
        suite.Cipher is CipherAlgorithm.AesCbc or CipherAlgorithm.Null && SuiteRules.IsComplete(suite);

    /// <inheritdoc/>
    public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        SuiteRules.CheckKeys(suite, cipherKey, macKey);
        if (!Supports(suite, direction))
        {
            throw new ArgumentException($"The managed engine does not do {SuiteRules.Name(suite)}.", nameof(suite));
        }

        // Safe: a fresh block of the key's size, which has room for the largest schedule and states.
        var key = (ManagedKey*)LockedMemory.Allocate(ManagedKey.Bytes);
        if (suite.Cipher == CipherAlgorithm.AesCbc)
        {
            AesSchedule.Expand(cipherKey, direction == CryptoDirection.Encrypt, key->Schedule);
        }

        HmacStates.Derive(suite.Mac, macKey, key->States);
        key->Queue = Array.FindIndex(_queues, q => q.Suite == suite && q.Direction == direction);
        if (key->Queue < 0)
        {
            key->Queue = _queues.Length;
            _queues = [.. _queues, new ManagedQueue(suite, direction, _mac, _scratch, _counters.Of(suite, direction))];
        }

        return (nint)key;
    }

    /// <inheritdoc/>
    public void DestroyKey(nint key) => LockedMemory.Free(key, ManagedKey.Bytes);

    /// <inheritdoc/>
    public CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction) => *_counters.Of(suite, direction);

    /// <inheritdoc/>
    public void Submit(Span<CryptoJob> jobs)
    {
        // Safe: the contract says that the span is over native memory and stays there until the jobs have completed.
        CryptoJob* next = (CryptoJob*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(jobs));
        CryptoJob* end = next + jobs.Length;
        for (; next < end; next++)
        {
            _queues[((ManagedKey*)next->Key)->Queue].Add(next);
        }
    }

    /// <inheritdoc/>
    public void Drain()
    {
        foreach (ManagedQueue queue in _queues)
        {
            queue.Run();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mac.Dispose();
        LockedMemory.Free(_scratch, AesCbcLanes.ScratchBytes);
    }
}
