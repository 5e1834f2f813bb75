using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.Control;

/// <summary>Diffie-Hellman over MODP groups 1, 2, 5 and 14 by libcrypto's constant-time Montgomery exponentiation.</summary>
/// <remarks>Safe on any thread: the groups are made once and only read. One exponentiation takes 0.1 to 0.4 ms.</remarks>
public sealed unsafe class LibcryptoKeyExchange : IKeyExchange
{
    private static readonly int[] s_groups = [1, 2, 5, 14];

    private readonly Libcrypto _library = Libcrypto.Require();
    private readonly Dictionary<int, Group> _groups = [];

    /// <summary>Prepares the groups; throws <see cref="PlatformNotSupportedException"/> when libcrypto is missing.</summary>
    public LibcryptoKeyExchange()
    {
        nint context = _library.BnContextNew();
        foreach (int number in s_groups)
        {
            byte[] prime = ModpGroup.Prime(number)!;
            nint modulus = ToNumber(prime);
            nint montgomery = _library.BnMontgomeryNew();
            Check(_library.BnMontgomerySet(montgomery, modulus, context));
            _groups[number] = new Group(prime, modulus, montgomery);
        }

        _library.BnContextFree(context);
    }

    /// <inheritdoc/>
    public bool Supports(int group) => _groups.ContainsKey(group);

    /// <inheritdoc/>
    public int PublicBytes(int group) => Find(group).Prime.Length;

    /// <inheritdoc/>
    public (byte[] Private, byte[] Public) Generate(int group, ISecureRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        byte[] exponent = new byte[ModpGroup.ExponentBytes];
        random.Fill(exponent);
        // The top bit fixes the exponent's length, which then says nothing; it also rules out 0 and 1.
        exponent[0] |= 0x80;
        return (exponent, Power(Find(group), [2], exponent));
    }

    /// <inheritdoc/>
    public byte[]? Agree(int group, ReadOnlySpan<byte> privateValue, ReadOnlySpan<byte> peerPublic)
    {
        Group found = Find(group);
        return IsInRange(peerPublic, found.Prime) ? Power(found, peerPublic, privateValue) : null;
    }

    // 2 <= value <= p - 2: everything else has a result that an eavesdropper knows.
    private static bool IsInRange(ReadOnlySpan<byte> value, ReadOnlySpan<byte> prime)
    {
        value = value.TrimStart((byte)0);
        if (value.IsEmpty || (value.Length == 1 && value[0] < 2) || value.Length > prime.Length)
        {
            return false;
        }

        if (value.Length < prime.Length)
        {
            return true;
        }

        // The prime is odd, so p - 1 and p differ from p - 2 only in the last byte (0xfd, 0xfe, 0xff).
        int order = value[..^1].SequenceCompareTo(prime[..^1]);
        return order < 0 || (order == 0 && value[^1] <= prime[^1] - 2);
    }

    private static void Check(int result)
    {
        if (result <= 0)
        {
            throw new CryptographicException("libcrypto failed to compute a Diffie-Hellman value.");
        }
    }

    private byte[] Power(Group group, ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent)
    {
        nint context = _library.BnContextNew();
        nint result = _library.BnNew();
        nint number = ToNumber(value);
        nint power = ToNumber(exponent);
        try
        {
            Check(_library.BnModExp(result, number, power, group.Modulus, context, group.Montgomery));
            byte[] output = new byte[group.Prime.Length];
            fixed (byte* bytes = output)
            {
                Check(_library.BnToBytesPadded(result, bytes, output.Length));
            }

            return output;
        }
        finally
        {
            _library.BnClearFree(power);
            _library.BnClearFree(number);
            _library.BnClearFree(result);
            _library.BnContextFree(context);
        }
    }

    private nint ToNumber(ReadOnlySpan<byte> bytes)
    {
        // Safe: libcrypto copies the bytes before it returns.
        fixed (byte* source = bytes)
        {
            return _library.BnFromBytes(source, bytes.Length, 0);
        }
    }

    private Group Find(int group) =>
        _groups.TryGetValue(group, out Group? found) ? found
        : throw new ArgumentOutOfRangeException(nameof(group), group, "Only the MODP groups 1, 2, 5 and 14 are known.");

    private sealed record Group(byte[] Prime, nint Modulus, nint Montgomery);
}
