using System.Globalization;

namespace RouterOS.Benchmarks;

/// <summary>A Markdown table, and lines of ratios for the comparison with the kept baseline; a higher ratio is always the better one.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<(string Key, double Value)> _ratios = [];

    public void Title(string title, params string[] notes)
    {
        output.WriteLine($"### {title}");
        output.WriteLine();
        foreach (string note in notes)
        {
            output.WriteLine(note);
        }

        if (notes.Length > 0)
        {
            output.WriteLine();
        }
    }

    public void Header(params string[] columns)
    {
        Row([.. columns]);
        Row([.. columns.Select(_ => "---")]);
    }

    public void Row(params object[] cells)
    {
        output.WriteLine("| " + string.Join(" | ", cells.Select(Text)) + " |");
        output.Flush();
    }

    public void Ratio(string key, double value) => _ratios.Add((key, value));

    /// <summary>Ends the table.</summary>
    public void End()
    {
        output.WriteLine();
        foreach ((string key, double value) in _ratios.Where(ratio => double.IsFinite(ratio.Value)))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio\t{key}\t{value:F3}"));
        }

        _ratios.Clear();
        output.WriteLine();
        output.Flush();
    }

    private static string Text(object cell) => cell switch
    {
        double value when double.IsNaN(value) => "",
        double value => value.ToString(Math.Abs(value) >= 100 ? "F0" : Math.Abs(value) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
