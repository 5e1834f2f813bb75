using RouterOS.Proto.Esp.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec statistics</c>.</summary>
internal static class IpsecStatisticsLayout
{
    private const int End = 35;

    /// <summary>The counters. AH is not spoken, so its counters never move.</summary>
    public static string Text(EspStatistics statistics) => new Lines()
        .Add("ESP Statistics:")
        .Add(Lines.Number("  Encrypted bytes:", statistics.EncryptedBytes, End))
        .Add(Lines.Number("  Decrypted bytes:", statistics.DecryptedBytes, End))
        .Add(Lines.Number("  Encrypted packets:", statistics.EncryptedPackets, End))
        .Add(Lines.Number("  Decrypted packets:", statistics.DecryptedPackets, End))
        .Add("AH Statistics:")
        .Add(Lines.Number("  Input bytes:", 0, End))
        .Add(Lines.Number("  Output bytes:", 0, End))
        .Add(Lines.Number("  Input packets:", 0, End))
        .Add(Lines.Number("  Output packets:", 0, End))
        .Add("Errors:")
        .Add($"  AH authentication failures: 0, Replay errors: {statistics.ReplayErrors}")
        .Add($"  ESP authentication failures: {statistics.AuthenticationFailures}, ESP decryption failures: {statistics.DecryptionFailures}")
        .Add($"  Bad headers: {statistics.BadHeaders}, Bad trailers: {statistics.BadTrailers}")
        .ToString();
}
