namespace RouterOS.Abstractions.Crypto;

/// <summary>An engine that counts what it does.</summary>
public interface ICryptoCounters
{
    /// <summary>The counts of one suite and direction so far.</summary>
    CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction);
}
