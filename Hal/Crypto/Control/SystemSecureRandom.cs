using System.Security.Cryptography;
using RouterOS.Abstractions.Control;

namespace RouterOS.Crypto.Control;

/// <summary>Randomness of the operating system.</summary>
/// <remarks>Safe on any thread.</remarks>
public sealed class SystemSecureRandom : ISecureRandom
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
