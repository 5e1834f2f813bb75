using System.ComponentModel;
using System.Reflection;
using System.Text;

namespace RouterOS.Forwarding;

/// <summary>Drop counters of one node or plugin, indexed by its drop enum; one writer (the worker), readers see whole values.</summary>
public sealed class DropCounters
{
    private readonly ulong[] _counts;

    /// <summary>Counters for reasons 0 … <paramref name="reasons"/> - 1, with what <c>show</c> and help print for each.</summary>
    public DropCounters(IReadOnlyList<(string Name, string Description)> reasons)
    {
        Reasons = reasons;
        _counts = new ulong[reasons.Count];
    }

    /// <summary>
    /// Counters for an enum numbered 0, 1, 2 …: the names in kebab-case, the descriptions from <see cref="DescriptionAttribute"/>.
    /// </summary>
    public static DropCounters Of<TReason>()
        where TReason : struct, Enum
    {
        var reasons = new List<(string, string)>();
        foreach (FieldInfo field in typeof(TReason).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            reasons.Add((Kebab(field.Name), field.GetCustomAttribute<DescriptionAttribute>()?.Description ?? field.Name));
        }

        return new DropCounters(reasons);
    }

    /// <summary>Name and description of each reason, by its number.</summary>
    public IReadOnlyList<(string Name, string Description)> Reasons { get; }

    /// <summary>Adds to one reason. Worker's thread only.</summary>
    public void Add(int reason, int count) => _counts[reason] += (uint)count;

    /// <summary>Value of one reason.</summary>
    public ulong Read(int reason) => Volatile.Read(ref _counts[reason]);

    private static string Kebab(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
