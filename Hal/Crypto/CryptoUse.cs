using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>One engine's part in one suite and direction.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Engine">The engine's name with the version behind it.</param>
/// <param name="IsChosen">Whether new keys go to it; otherwise it stands by.</param>
/// <param name="Passed">Whether its self-test passed; null when it has not been tested, because it only stands by.</param>
/// <param name="Counts">What it has done.</param>
public sealed record CryptoUse(
    CryptoSuite Suite, CryptoDirection Direction, string Engine, bool IsChosen, bool? Passed, CryptoCounts Counts)
{
    /// <summary>The suite's name, the sizes of AES keys left out: <c>aes-cbc/hmac-sha1</c>.</summary>
    public string Family => SuiteRules.Family(Suite);
}
