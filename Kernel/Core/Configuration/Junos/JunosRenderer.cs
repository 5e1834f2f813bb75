using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Writes trees as Junos does: braces, four spaces a level, <c>## SECRET-DATA</c>, or <c>set</c> lines.</summary>
internal sealed class JunosRenderer
{
    private readonly Func<string, string>? _secret;
    private readonly Action<string> _line;

    private JunosRenderer(Action<string> line, Func<string, string>? secret)
    {
        _line = line;
        _secret = secret;
    }

    /// <summary>The statements below one, as text.</summary>
    public static string Text(Statement tree, StatementSchema schema, Func<string, string>? secret = null)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        Children(tree, schema, 0, writer.WriteLine, secret);
        return writer.ToString();
    }

    /// <summary>Writes the statements below one.</summary>
    public static void Children(
        Statement tree, StatementSchema schema, int indent, Action<string> line, Func<string, string>? secret = null)
    {
        JunosRenderer renderer = new(line, secret);
        foreach (Statement child in tree.Children)
        {
            renderer.Write(child, StatementNode.SchemaOf(schema, child), string.Empty, indent);
        }
    }

    /// <summary>Writes one statement with all below it.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="joined">Keywords of joined containers above it, each followed by a space.</param>
    /// <param name="indent">Spaces before it.</param>
    /// <param name="line">Takes the lines.</param>
    public static void One(Statement statement, StatementSchema schema, string joined, int indent, Action<string> line) =>
        new JunosRenderer(line, null).Write(statement, schema, joined, indent);

    /// <summary>Writes the statements below one as commands that make them.</summary>
    /// <param name="tree">The statement.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Words that stand before each statement.</param>
    /// <param name="line">Takes the lines.</param>
    public static void SetLines(Statement tree, StatementSchema schema, string path, Action<string> line)
    {
        // An inactive statement that an active one excludes comes first: when it is set last, it would remove the other.
        foreach (Statement child in tree.Children.OrderBy(c => c.Inactive && StatementNode.SchemaOf(schema, c).ExclusiveGroup.Length > 0 ? 0 : 1))
        {
            SetLine(child, StatementNode.SchemaOf(schema, child), path, line);
        }
    }

    private static void SetLine(Statement statement, StatementSchema schema, string path, Action<string> line)
    {
        string here = path;
        List<string> words = JunosWords.Head(statement, schema);
        string head = path + string.Join(' ', words);
        bool leafList = schema.Kind == StatementKind.LeafList;
        if (leafList)
        {
            // One command per value, as Junos prints them.
            string name = path + (statement.Name.Length > 0 ? statement.Name + " " : string.Empty);
            foreach (string value in statement.Values)
            {
                line("set " + name + Single(statement, schema, value));
            }

            head = name.TrimEnd();
        }
        else if (statement.Children.Count == 0)
        {
            line("set " + head);
        }
        else
        {
            here = head + " ";
            SetLines(statement, schema, here, line);
        }

        if (statement.Inactive)
        {
            line("deactivate " + (schema.Kind == StatementKind.Leaf ? path + LeafName(statement, words) : head));
        }
    }

    private static string Single(Statement statement, StatementSchema schema, string value) =>
        JunosWords.Head(statement.WithValues([value]), schema)[^1];

    private static string LeafName(Statement statement, List<string> words) =>
        statement.Name.Length > 0 ? statement.Name : words[^1];

    private void Write(Statement statement, StatementSchema schema, string joined, int indent)
    {
        if (schema.Layout == StatementLayout.Joined && !statement.Inactive && statement.Comments.Count == 0
            && statement.Children.Count > 0)
        {
            foreach (Statement child in statement.Children)
            {
                Write(child, StatementNode.SchemaOf(schema, child), joined + statement.Name + " ", indent);
            }

            return;
        }

        string margin = new(' ', indent);
        Comments(statement, margin);
        if (statement.Inheritance.Length > 0)
        {
            _line(margin + "##");
            _line($"{margin}## '{(statement.Values.Count > 0 && !JunosWords.IsSecret(statement, schema) ? string.Join(' ', statement.Values) : statement.Name)}' was {statement.Inheritance}");
            _line(margin + "##");
        }

        string head = margin + (statement.Inactive ? "inactive: " : string.Empty) + joined
            + string.Join(' ', JunosWords.Head(statement, schema, _secret));
        if (statement.Children.Count == 0)
        {
            Leaf(head, JunosWords.IsSecret(statement, schema));
        }
        else if (OnLine(statement, schema))
        {
            bool secret = false;
            Leaf(head + Inline(statement, schema, ref secret), secret);
        }
        else
        {
            _line(head + " {" + (JunosWords.IsSecret(statement, schema) ? " ## SECRET-DATA" : string.Empty));
            foreach (Statement child in statement.Children)
            {
                Write(child, StatementNode.SchemaOf(schema, child), string.Empty, indent + 4);
            }

            _line(margin + "}");
        }
    }

    private void Leaf(string text, bool secret) => _line(text + (secret ? "; ## SECRET-DATA" : ";"));

    private void Comments(Statement statement, string margin)
    {
        foreach (string comment in statement.Comments)
        {
            string[] lines = comment.Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                _line(margin + (i == 0 ? "/* " : " * ") + lines[i] + (i == lines.Length - 1 ? " */" : string.Empty));
            }
        }
    }

    // On one line: leaves, and at the end at most one container that can stand there too.
    private static bool OnLine(Statement statement, StatementSchema schema)
    {
        if (schema.Layout == StatementLayout.LineWhenSingle ? statement.Children.Count != 1 : schema.Layout != StatementLayout.Line)
        {
            return false;
        }

        for (int i = 0; i < statement.Children.Count; i++)
        {
            Statement child = statement.Children[i];
            StatementSchema below = StatementNode.SchemaOf(schema, child);
            bool plain = !child.Inactive && child.Comments.Count == 0 && child.Inheritance == statement.Inheritance;
            bool leaf = below.Kind is StatementKind.Leaf or StatementKind.LeafList or StatementKind.Flag;
            bool last = i == statement.Children.Count - 1 && below.Kind is StatementKind.Container or StatementKind.List
                && schema.Layout == StatementLayout.Line && (child.Children.Count == 0 || OnLine(child, below));
            if (!plain || !(leaf || last))
            {
                return false;
            }
        }

        return true;
    }

    private string Inline(Statement statement, StatementSchema schema, ref bool secret)
    {
        string text = string.Empty;
        foreach (Statement child in statement.Children)
        {
            StatementSchema below = StatementNode.SchemaOf(schema, child);
            secret |= JunosWords.IsSecret(child, below);
            text += " " + string.Join(' ', JunosWords.Head(child, below, _secret)) + Inline(child, below, ref secret);
        }

        return text;
    }
}
