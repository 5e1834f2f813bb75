using System.Runtime.InteropServices;

namespace RouterOS.Abstractions.Crypto;

/// <summary>One packet's cryptography: what the ESP nodes hand to an engine. Blittable; lives in native memory of the submitting node.</summary>
/// <remarks>
/// Encrypt: ciphers <see cref="CipherBytes"/> in place at <see cref="Cipher"/>, then writes the truncated tag of
/// <see cref="HashBytes"/> at <see cref="Hash"/> to <see cref="Tag"/>. Decrypt: computes the tag into <see cref="Tag"/> (a scratch
/// place, which the node compares in constant time), then deciphers in place.
/// <para>
/// AES-GCM (<see cref="CipherAlgorithm.AesGcm"/>): <see cref="Hash"/> and <see cref="HashBytes"/> are the additional authenticated
/// data only, the ESP header of 8 bytes (RFC 4106 section 5; 12 with extended sequence numbers); <see cref="Iv"/> is the explicit IV
/// of 8 bytes, before which the engine puts the salt of the key; <see cref="CipherBytes"/> may be any number. The tag covers both,
/// and decryption computes it into <see cref="Tag"/> like the others. <see cref="Tag"/> may be where the wire's tag lies, but then
/// that is lost.
/// </para>
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct CryptoJob
{
    /// <summary>Handle of the packet, for the node.</summary>
    public nint Packet;

    /// <summary>Key of <see cref="ICryptoEngine.CreateKey"/>.</summary>
    public nint Key;

    /// <summary>First byte to cipher.</summary>
    public nint Cipher;

    /// <summary>First byte to authenticate; for AES-GCM, to authenticate without ciphering.</summary>
    public nint Hash;

    /// <summary>Initialisation vector as the wire has it: <see cref="CryptoSuite.IvBytes"/>.</summary>
    public nint Iv;

    /// <summary>Where the truncated tag is written.</summary>
    public nint Tag;

    /// <summary>Bytes to cipher: a multiple of the block (any number for AES-GCM).</summary>
    public int CipherBytes;

    /// <summary>Bytes to authenticate from <see cref="Hash"/> on.</summary>
    public int HashBytes;

    /// <summary>Free for the node.</summary>
    public int Cookie;

    /// <summary>How the job ended.</summary>
    public CryptoStatus Status;
}
