namespace RouterOS.Unit.Crypto;

/// <summary>Reads vector files: stanzas of <c>name = value</c> lines divided by empty lines, comments after <c>#</c>.</summary>
internal static class VectorFile
{
    public static IReadOnlyList<Dictionary<string, string>> Read(string path)
    {
        List<Dictionary<string, string>> cases = [];
        Dictionary<string, string> current = [];
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", path)).Append(string.Empty))
        {
            if (line.Length == 0)
            {
                if (current.Count > 0)
                {
                    cases.Add(current);
                    current = [];
                }
            }
            else if (line[0] != '#')
            {
                string[] parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
                current[parts[0]] = parts[1];
            }
        }

        Assert.NotEmpty(cases);
        return cases;
    }

    public static byte[] Bytes(this Dictionary<string, string> stanza, string name) => Convert.FromHexString(stanza[name]);
}
