using System.Text;

namespace RouterOS.Srx.Layouts;

/// <summary>Lines of output with cells at fixed columns.</summary>
internal sealed class Lines
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line.</summary>
    public Lines Add(string line = "")
    {
        _text.Append(line.TrimEnd()).Append('\n');
        return this;
    }

    /// <summary>Adds a line of cells; a cell that is too wide pushes the next one by a space.</summary>
    public Lines Row(params (int Column, string Text)[] cells)
    {
        StringBuilder line = new();
        foreach ((int column, string text) in cells)
        {
            if (line.Length > 0)
            {
                line.Append(' ', Math.Max(1, column - line.Length));
            }
            else
            {
                line.Append(' ', column);
            }

            line.Append(text);
        }

        return Add(line.ToString());
    }

    /// <summary>A label, and a number whose last digit stands before <paramref name="end"/>.</summary>
    public static string Number(string label, ulong value, int end)
    {
        string number = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return label + number.PadLeft(Math.Max(number.Length + 1, end - label.Length));
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
