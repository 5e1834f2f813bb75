using System.Numerics;
using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.Control;

/// <summary>Signatures by libcrypto, blinded and in constant time; the public operation, which has no secret, in managed code.</summary>
/// <remarks>Safe on any thread. .NET's own RSA always adds the hash's identifier, so it can do neither.</remarks>
public sealed unsafe class LibcryptoRsa : IRsa
{
    // RFC 8017 section 9.2: 00 01, at least eight of ff, 00, data.
    private const int MinimumPadding = 11;

    private readonly Libcrypto _library = Libcrypto.Require();

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data)
    {
        nint context = 0;
        // Safe: libcrypto reads within the lengths it is given, and writes no more than the length it was asked for first.
        fixed (byte* encoded = privateKey)
        fixed (byte* input = data)
        {
            byte* at = encoded;
            nint key = _library.PrivateKeyFromDer(0, &at, privateKey.Length);
            try
            {
                context = key == 0 ? 0 : _library.KeyContextNew(key, 0);
                nuint length = 0;
                if (context == 0 || _library.SignInit(context) <= 0 || _library.Sign(context, null, &length, input, (nuint)data.Length) <= 0)
                {
                    throw new CryptographicException("The private key cannot sign.");
                }

                byte[] signature = new byte[(int)length];
                fixed (byte* output = signature)
                {
                    return _library.Sign(context, output, &length, input, (nuint)data.Length) > 0
                        ? signature[..(int)length] : throw new CryptographicException("The private key cannot sign.");
                }
            }
            finally
            {
                _library.KeyContextFree(context);
                _library.KeyFree(key);
            }
        }
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        RSAParameters key;
        try
        {
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            key = rsa.ExportParameters(includePrivateParameters: false);
        }
        catch (CryptographicException)
        {
            return false;
        }

        int size = key.Modulus!.Length;
        BigInteger modulus = new(key.Modulus, isUnsigned: true, isBigEndian: true);
        BigInteger number = new(signature, isUnsigned: true, isBigEndian: true);
        if (signature.Length != size || number >= modulus || data.Length > size - MinimumPadding)
        {
            return false;
        }

        byte[] expected = new byte[size];
        expected.AsSpan().Fill(0xff);
        (expected[0], expected[1], expected[^(data.Length + 1)]) = (0, 1, 0);
        data.CopyTo(expected.AsSpan(size - data.Length));
        byte[] block = new byte[size];
        byte[] power = BigInteger.ModPow(number, new(key.Exponent, isUnsigned: true, isBigEndian: true), modulus)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        power.CopyTo(block, size - power.Length);
        return CryptographicOperations.FixedTimeEquals(block, expected);
    }
}
