namespace RouterOS.Abstractions.Control;

/// <summary>Randomness for keys, cookies and SPIs; a test owns it.</summary>
public interface ISecureRandom
{
    /// <summary>Fills <paramref name="destination"/> with unpredictable bytes.</summary>
    void Fill(Span<byte> destination);
}
