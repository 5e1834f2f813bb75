using System.Globalization;

namespace RouterOS.Fuzz;

/// <summary>What mutation starts from: files under <c>Corpus/TARGET/</c>, in the order of their names.</summary>
internal static class Corpus
{
    /// <summary>Texts of a target, whole files.</summary>
    public static IReadOnlyList<string> Texts(string target) => [.. Files(target).Select(File.ReadAllText)];

    /// <summary>Texts of a target, each line one of its own.</summary>
    public static IReadOnlyList<string> Lines(string target) =>
        [.. Files(target).SelectMany(File.ReadAllLines).Where(line => line.Length > 0)];

    /// <summary>Bytes of a target: <c>.hex</c> files, in which each line is an entry and <c>#</c> begins a comment.</summary>
    public static IReadOnlyList<byte[]> Bytes(string target) =>
        [.. Lines(target).Select(line => line.Split('#')[0]).Where(line => line.Trim().Length > 0).Select(Parse)];

    private static string[] Files(string target)
    {
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", target));
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static byte[] Parse(string line) => Convert.FromHexString(line.Replace(" ", "", false, CultureInfo.InvariantCulture));
}
