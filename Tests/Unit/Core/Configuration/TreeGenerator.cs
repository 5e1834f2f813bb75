using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Core.Configuration;

/// <summary>Random trees that fit a schema, in canonical form.</summary>
internal static class TreeGenerator
{
    private static readonly string[] s_texts =
        ["plain", "two words", "quote\"d", "back\\slash", "{brace}", "#hash", "/*no*/", "semi;", "[b]", "tab\there", "line\nfeed", "é", "inactive:", "a|b"];

    public static Gen<Statement> Trees { get; } = ArbMap.Default.GeneratorFor<int>().Select(seed => Tree(new Random(seed)));

    public static Statement Tree(Random random, StatementSchema? schema = null)
    {
        StatementNode root = StatementNode.Root(schema ?? TestLanguage.Tree);
        Fill(root, random, 0);
        return root.ToStatement();
    }

    /// <summary>A random accepted value of a syntax.</summary>
    public static string Value(ValueSyntax syntax, Random random)
    {
        if (syntax.Read is null || (syntax.Choices.Count > 0 && random.Next(3) == 0))
        {
            return syntax.Choices[random.Next(syntax.Choices.Count)].Text;
        }

        string[] tries =
        [
            s_texts[random.Next(s_texts.Length)], "n" + random.Next(6), random.Next(0, 300).ToString(), random.Next(180, 5000).ToString(),
            $"192.0.2.{random.Next(8)}", $"10.{random.Next(4)}.0.0/16", $"ge-0/0/{random.Next(12)}", "ab12", "15", "3",
        ];
        random.Shuffle(tries);
        foreach (string text in tries)
        {
            if (syntax.TryAccept(text, out string? canonical))
            {
                return canonical;
            }
        }

        throw new InvalidOperationException(syntax.Expected);
    }

    private static void Fill(StatementNode node, Random random, int depth)
    {
        if (node.Schema.Kind == StatementKind.Opaque)
        {
            for (int i = random.Next(depth > 4 ? 1 : 4); i > 0; i--)
            {
                string[] words = [.. Enumerable.Range(0, random.Next(3)).Select(_ => s_texts[random.Next(s_texts.Length)])];
                Fill(Mark(node.Put(StatementNode.OpaqueChild, "word" + random.Next(4), words, default), random), random, depth + 1);
            }

            return;
        }

        foreach (StatementSchema schema in node.Schema.Children)
        {
            int count = schema.Kind == StatementKind.List ? random.Next(4) : random.Next(5) < 3 ? 1 : 0;
            for (; count > 0; count--)
            {
                string[] values = schema.Kind switch
                {
                    StatementKind.List => [.. schema.Keys.Select(k => Value(k.Value, random))],
                    StatementKind.Leaf => [Value(schema.Value!, random)],
                    StatementKind.LeafList => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(schema.Value!, random))],
                    _ => [],
                };
                Fill(Mark(node.Put(schema, schema.Name, values, default), random), random, depth + 1);
            }
        }
    }

    private static StatementNode Mark(StatementNode node, Random random)
    {
        if (random.Next(12) == 0)
        {
            node.Inactive = true;
        }

        if (random.Next(12) == 0)
        {
            node.Comments = random.Next(2) == 0 ? ["a remark"] : ["two\nlines", "and one; { more"];
        }

        return node;
    }
}
