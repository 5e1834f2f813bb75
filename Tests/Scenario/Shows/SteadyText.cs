using System.Text.RegularExpressions;

namespace RouterOS.Scenario.Shows;

/// <summary>Displays without what differs from run to run.</summary>
internal static partial class SteadyText
{
    /// <summary>Cookies, SPIs and times are zeros; nothing else is changed.</summary>
    public static string Of(string text) => Passed().Replace(Remaining().Replace(Random().Replace(
        text, m => "0x" + new string('0', m.Length - 2)), m => m.Groups[1].Value + new string('0', m.Groups[2].Length) + m.Groups[3].Value), m => "00:00:00");

    [GeneratedRegex("0x[0-9a-f]{8,16}")]
    private static partial Regex Random();

    [GeneratedRegex(@"(:500 +)(\d{5})( {5}\w)")]
    private static partial Regex Remaining();

    [GeneratedRegex(@"\b\d\d:\d\d:\d\d\b")]
    private static partial Regex Passed();
}
