using RouterOS.Proto.Esp.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec statistics</c>.</summary>
internal static class IpsecStatisticsLayout
{
    private const int End = 35;

    /// <summary>The counters.</summary>
    public static string Text(EspStatistics statistics) => new Lines()
        .Add("ESP Statistics:")
        .Add(Lines.Number("  Encrypted bytes:", statistics.EncryptedBytes, End))
        .Add(Lines.Number("  Decrypted bytes:", statistics.DecryptedBytes, End))
        .Add(Lines.Number("  Encrypted packets:", statistics.EncryptedPackets, End))
        .Add(Lines.Number("  Decrypted packets:", statistics.DecryptedPackets, End))
        .Add("AH Statistics:")
        .Add(Lines.Number("  Input bytes:", statistics.AhInputBytes, End))
        .Add(Lines.Number("  Output bytes:", statistics.AhOutputBytes, End))
        .Add(Lines.Number("  Input packets:", statistics.AhInputPackets, End))
        .Add(Lines.Number("  Output packets:", statistics.AhOutputPackets, End))
        .Add("Errors:")
        .Add($"  AH authentication failures: {statistics.AhAuthenticationFailures}, Replay errors: {statistics.ReplayErrors}")
        .Add($"  ESP authentication failures: {statistics.AuthenticationFailures}, ESP decryption failures: {statistics.DecryptionFailures}")
        .Add($"  Bad headers: {statistics.BadHeaders}, Bad trailers: {statistics.BadTrailers}")
        .ToString();
}
