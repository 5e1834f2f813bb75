using System.Globalization;
using System.Text;

namespace RouterOS.Scenario.Diagnosis;

/// <summary>The page that shows operators every sentence: made from the mistakes, so that it never says what the routers do not.</summary>
internal static class DiagnosisPage
{
    public static string Text(IReadOnlyList<Mistake> mistakes)
    {
        StringBuilder page = new();
        page.Append(
            """
            # What `show security ike diagnose` says

            Each entry is a mistake that a test makes in the two sites of `Examples/` (`Tests/Scenario/Diagnosis/mistakes.txt`), and what the
            routers then say word for word. This page is made from that file; the test fails where the two differ.

            """.Replace("\r", string.Empty, StringComparison.Ordinal));
        foreach (Mistake mistake in mistakes)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {mistake.Title}\n\n");
            foreach ((char router, _, string old, string text) in mistake.Edits)
            {
                page.Append(CultureInfo.InvariantCulture, $"- site {char.ToUpperInvariant(router)}: {(text.Length == 0 ? $"without `{old}`" : $"`{text}` instead of `{old}`")}\n");
            }

            foreach (string happening in mistake.Events.Where(e => !e.StartsWith("wait", StringComparison.Ordinal)))
            {
                page.Append(CultureInfo.InvariantCulture, $"- {Words(happening)}\n");
            }

            foreach ((char router, string sentence) in mistake.Refusals)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n> **{router}** refuses to commit: {sentence}\n");
            }

            foreach ((char router, string sentence) in mistake.Sentences)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n> **{router}**: {sentence}\n");
            }
        }

        return page.ToString();
    }

    private static string Words(string happening)
    {
        string[] words = happening.Split(' ');
        return words[0] switch
        {
            "nat" => "a NAT stands before site A",
            "drop-udp" => $"UDP port {words[1]} is dropped between the sites",
            "drop-esp" => "ESP is dropped between the sites",
            "drop-ah" => "AH is dropped between the sites",
            "drop-xauth" => "nobody answers the question for name and password",
            "certificates" => words[1] switch
            {
                "none" => "both sites have loaded certificates of one authority",
                "expired" => "site A has loaded a certificate that is valid until yesterday",
                "not-yet" => "site A has loaded a certificate that is valid from tomorrow",
                "untrusted" => "site A has loaded a certificate of an authority that site B does not know",
                "other-name" => "site A has loaded a certificate with another address in it",
                _ => "site A has loaded a certificate whose key is not for signatures",
            },
            "drop-longer" => $"packets longer than {words[1]} bytes vanish between the sites",
            "copies" => $"every ESP packet comes {words[1]} times",
            "cut" => "the wire between the sites is cut",
            "probe" => "asked with `probe`",
            _ => $"a host of site {words[0][^1..].ToUpperInvariant()} sends {words[1]} pings{(words.Length > 2 ? $" of {words[2]} bytes" : string.Empty)}",
        };
    }
}
