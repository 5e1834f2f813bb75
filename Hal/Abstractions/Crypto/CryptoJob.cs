using System.Runtime.InteropServices;

namespace RouterOS.Abstractions.Crypto;

/// <summary>One packet's cryptography: what the ESP nodes hand to an engine. Blittable; lives in native memory of the submitting node.</summary>
/// <remarks>
/// Encrypt: ciphers <see cref="CipherBytes"/> in place at <see cref="Cipher"/>, then writes the truncated tag of
/// <see cref="HashBytes"/> at <see cref="Hash"/> to <see cref="Tag"/>. Decrypt: computes the tag into <see cref="Tag"/> (a scratch
/// place, which the node compares in constant time), then deciphers in place.
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

    /// <summary>First byte to authenticate.</summary>
    public nint Hash;

    /// <summary>Initialisation vector.</summary>
    public nint Iv;

    /// <summary>Where the truncated tag is written.</summary>
    public nint Tag;

    /// <summary>Bytes to cipher: a multiple of the block.</summary>
    public int CipherBytes;

    /// <summary>Bytes to authenticate.</summary>
    public int HashBytes;

    /// <summary>Free for the node.</summary>
    public int Cookie;

    /// <summary>How the job ended.</summary>
    public CryptoStatus Status;
}
