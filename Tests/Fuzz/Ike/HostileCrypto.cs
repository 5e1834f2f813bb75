using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Wire;

namespace RouterOS.Fuzz.Ike;

/// <summary>
/// The cryptography of a peer that has the right key and means harm: it changes messages before they are encrypted and makes the HASH
/// fit again, so that what is behind authentication sees hostile payloads too.
/// </summary>
internal sealed class HostileCrypto(FuzzRandom random) : ICipher, IMac
{
    private const int HashAt = PayloadChain.GenericHeader;

    private readonly LibcryptoCipher _cipher = new();
    private readonly BclMac _mac = new();
    private readonly ByteMutator _mutator = new(Corpus.Bytes("isakmp-chain"));
    private MacAlgorithm _algorithm;
    private byte[] _key = [];
    private byte[] _data = [];
    private byte[] _output = [];

    /// <summary>False for a peer that behaves.</summary>
    public bool Enabled { get; set; }

    /// <summary>Which messages are changed: every other one unless it is given.</summary>
    public Func<bool> IsDue { get; init; } = () => random.OneIn(2);

    /// <summary>Changes a text whose first payload is of the type, to one of the same length; without it bytes change at random.</summary>
    public Func<PayloadType, byte[], byte[]>? Rewrite { get; init; }

    /// <summary>Messages that were changed and are authentic all the same.</summary>
    public int Forged { get; private set; }

    public int OutputBytes(MacAlgorithm algorithm) => _mac.OutputBytes(algorithm);

    public byte[] Hash(MacAlgorithm algorithm, ReadOnlySpan<byte> data) => _mac.Hash(algorithm, data);

    public byte[] Mac(MacAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        (_algorithm, _key, _data) = (algorithm, key.ToArray(), data.ToArray());
        _output = _mac.Mac(algorithm, key, data);
        return [.. _output];
    }

    public void Encrypt(
        CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte[] text = source.ToArray();
        if (Enabled && IsDue())
        {
            int hash = text.AsSpan().IndexOf(_output);
            text = Rewrite is not null ? Forge(text, hash == HashAt ? PayloadType.Hash : PayloadType.Identification)
                : hash == HashAt ? ForgePhase2(text) : hash > HashAt ? ForgePhase1(text, hash) : text;
        }

        _cipher.Encrypt(algorithm, key, iv, text, destination);
    }

    public void Decrypt(
        CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        _cipher.Decrypt(algorithm, key, iv, source, destination);

    // Whole payloads have changed: the HASH is where it now is.
    private byte[] Forge(byte[] text, PayloadType first)
    {
        byte[] changed = Rewrite!(first, text);
        if (first == PayloadType.Hash)
        {
            return changed.AsSpan(HashAt).StartsWith(_output) ? Authenticate(text, changed) : changed;
        }

        int prefix = PayloadChain.TryParse(first, text, out PayloadChain before, out _) && before.TryFind(first, out Payload was) ? _data.Length - was.Body.Length : -1;
        if (prefix >= 0 && PayloadChain.TryParse(first, changed, out PayloadChain after, out _) && after.TryFind(first, out Payload identity)
            && changed.AsSpan().IndexOf(_output) is int hash and > 0)
        {
            _mac.Mac(_algorithm, _key, [.. _data[..prefix], .. identity.Body]).CopyTo(changed.AsSpan(hash));
            Forged++;
        }

        return changed;
    }

    // HASH first.
    private byte[] ForgePhase2(byte[] text)
    {
        byte[] changed = Change(text);
        text.AsSpan(1, HashAt - 1 + _output.Length).CopyTo(changed.AsSpan(1));
        return Authenticate(text, changed);
    }

    // The HASH in front covers the payloads behind it as the receiver will see them.
    private byte[] Authenticate(byte[] text, byte[] changed)
    {
        if (!PayloadChain.TryParse(PayloadType.Hash, text, out PayloadChain before, out _)
            || !PayloadChain.TryParse(PayloadType.Hash, changed, out PayloadChain after, out _))
        {
            return changed;
        }

        int covered = HashAt + _output.Length;
        if (after.Bytes.Length < covered)
        {
            return changed;
        }

        int prefix = _data.Length - (before.Bytes.Length - covered);
        if (prefix < 0 || !_data.AsSpan(prefix).SequenceEqual(before.Bytes[covered..]))
        {
            // Message 3 of aggressive mode: its HASH does not cover what is behind it.
            text.AsSpan(HashAt, _output.Length).CopyTo(changed.AsSpan(HashAt));
            Forged++;
        }
        else
        {
            _mac.Mac(_algorithm, _key, [.. _data[..prefix], .. after.Bytes[covered..]]).CopyTo(changed.AsSpan(HashAt));
            Forged++;
        }

        return changed;
    }

    // Identity first, then HASH, which covers the identity's body; what is behind is not covered at all.
    private byte[] ForgePhase1(byte[] text, int hash)
    {
        byte[] changed = Change(text);
        int body = hash - HashAt;
        text.AsSpan(0, HashAt).CopyTo(changed);
        text.AsSpan(body + 1, HashAt - 1 + _output.Length).CopyTo(changed.AsSpan(body + 1));
        int prefix = _data.Length - (body - HashAt);
        if (prefix >= 0)
        {
            _mac.Mac(_algorithm, _key, [.. _data[..prefix], .. changed[HashAt..body]]).CopyTo(changed.AsSpan(hash));
            Forged++;
        }

        return changed;
    }

    // The same number of bytes, or the blocks of the cipher would not fit.
    private byte[] Change(byte[] text)
    {
        byte[] changed = _mutator.Mutate(text, random);
        Array.Resize(ref changed, text.Length);
        return changed;
    }
}
