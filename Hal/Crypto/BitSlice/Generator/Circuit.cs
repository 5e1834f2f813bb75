namespace RouterOS.Crypto.BitSlice.Generator;

/// <summary>A circuit as truth tables: gate <c>i</c>'s output for each of the 64 inputs of an S-box, with what it is made of.</summary>
/// <remarks>The first six are the inputs. With <c>lut</c> a gate is any function of three others, else and, or, xor, and-not of two.</remarks>
internal sealed class Circuit(bool lut)
{
    private static readonly ulong[] s_inputs =
    [
        0xFFFFFFFF00000000, 0xFFFF0000FFFF0000, 0xFF00FF00FF00FF00, 0xF0F0F0F0F0F0F0F0, 0xCCCCCCCCCCCCCCCC, 0xAAAAAAAAAAAAAAAA,
    ];

    public List<ulong> Tables { get; } = [.. s_inputs];

    public List<string> Texts { get; } = [.. Enumerable.Range(0, s_inputs.Length).Select(i => $"x{i}")];

    public int Gates => Tables.Count - s_inputs.Length;

    public Circuit Copy()
    {
        Circuit copy = new(lut);
        copy.Tables.AddRange(Tables.Skip(s_inputs.Length));
        copy.Texts.AddRange(Texts.Skip(s_inputs.Length));
        return copy;
    }

    /// <summary>Finds or adds a gate equal to the target wherever the mask has ones, after Kwan (2000): what is there, one gate more, or a choice by an input.</summary>
    public int Make(ulong target, ulong mask, int usedInputs)
    {
        target &= mask;
        int found = Tables.FindIndex(t => (t & mask) == target);
        if (found < 0)
        {
            found = lut ? OneTable(target, mask) : OneGate(target, mask);
        }

        return found >= 0 ? found : Choose(target, mask, usedInputs);
    }

    private static string Name(int gate) => gate < s_inputs.Length ? $"x{gate}" : $"t{gate}";

    private int Add(ulong table, string text)
    {
        Tables.Add(table);
        Texts.Add(text);
        return Tables.Count - 1;
    }

    private int OneGate(ulong target, ulong mask)
    {
        for (int i = 1; i < Tables.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                ulong a = Tables[i], b = Tables[j];
                (ulong Table, string Text)? gate =
                    ((a ^ b) & mask) == target ? (a ^ b, $"{Name(i)} ^ {Name(j)}")
                    : (a & b & mask) == target ? (a & b, $"{Name(i)} & {Name(j)}")
                    : ((a | b) & mask) == target ? (a | b, $"{Name(i)} | {Name(j)}")
                    : (a & ~b & mask) == target ? (a & ~b, $"{Name(i)} & ~{Name(j)}")
                    : (b & ~a & mask) == target ? (b & ~a, $"{Name(j)} & ~{Name(i)}")
                    : null;
                if (gate is { } one)
                {
                    return Add(one.Table, one.Text);
                }
            }
        }

        int inverse = Tables.FindIndex(t => (~t & mask) == target);
        return inverse < 0 ? -1 : Add(~Tables[inverse], $"~{Name(inverse)}");
    }

    private int OneTable(ulong target, ulong mask)
    {
        ulong ones = target, zeros = mask & ~target;
        for (int i = 2; i < Tables.Count; i++)
        {
            for (int j = 1; j < i; j++)
            {
                for (int k = 0; k < j; k++)
                {
                    ulong table = 0;
                    int function = 0;
                    int input = 0;
                    for (; input < 8; input++)
                    {
                        ulong here = ((input & 4) != 0 ? Tables[i] : ~Tables[i]) & ((input & 2) != 0 ? Tables[j] : ~Tables[j])
                            & ((input & 1) != 0 ? Tables[k] : ~Tables[k]);
                        if ((here & ones) != 0)
                        {
                            if ((here & zeros) != 0)
                            {
                                break;
                            }

                            table |= here;
                            function |= 1 << input;
                        }
                    }

                    if (input == 8)
                    {
                        return Add(table, Lut(i, j, k, function));
                    }
                }
            }
        }

        return -1;
    }

    private static string Lut(int a, int b, int c, int function) => $"{Name(a)}, {Name(b)}, {Name(c)}, 0x{function:x2}";

    private int Choose(ulong target, ulong mask, int usedInputs)
    {
        Circuit? best = null;
        int output = -1;
        for (int input = 0; input < s_inputs.Length; input++)
        {
            if ((usedInputs & (1 << input)) != 0)
            {
                continue;
            }

            for (int order = 0; order < 2; order++)
            {
                Circuit trial = Copy();
                int result = trial.Choose(target, mask, usedInputs | (1 << input), input, order == 1);
                if (best == null || trial.Gates < best.Gates)
                {
                    best = trial;
                    output = result;
                }
            }
        }

        Tables.AddRange(best!.Tables.Skip(Tables.Count));
        Texts.AddRange(best.Texts.Skip(Texts.Count));
        return output;
    }

    private int Choose(ulong target, ulong mask, int used, int input, bool onesFirst)
    {
        ulong selector = s_inputs[input];
        ulong firstMask = onesFirst ? selector : ~selector;
        int first = Make(target, mask & firstMask, used);
        if (lut)
        {
            int second = Make(target, mask & ~firstMask, used);
            (int one, int zero) = onesFirst ? (first, second) : (second, first);
            return Add((selector & Tables[one]) | (~selector & Tables[zero]), Lut(input, one, zero, 0xca));
        }

        // first where the selector says so, first xor difference elsewhere.
        int difference = Make(target ^ Tables[first], mask & ~firstMask, used);
        int part = onesFirst
            ? Add(Tables[difference] & ~selector, $"{Name(difference)} & ~{Name(input)}")
            : Add(Tables[difference] & selector, $"{Name(difference)} & {Name(input)}");
        return Add(Tables[first] ^ Tables[part], $"{Name(first)} ^ {Name(part)}");
    }
}
