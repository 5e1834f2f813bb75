using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Fuzz.Configuration;

/// <summary>Configuration texts: nothing throws, errors say where, and what was understood is written and read again as the same.</summary>
public sealed class JunosTests
{
    private static readonly StatementSchema s_schema = Srx.Language.Root;

    private readonly Statement _example = ConfigurationText.Read(Corpus.Texts("junos")[0], s_schema).Tree;

    [Fact]
    public void Hierarchical_text() => Texts("junos", 120, Corpus.Texts("junos"));

    [Fact]
    public void Scripts() => Texts("scripts", 60, [.. Corpus.Texts("junos").Select(AsScript)]);

    [Fact]
    public void Pieces_of_text()
    {
        // Short texts reach deep into single statements far more often than whole files do.
        List<string> pieces = [.. Corpus.Texts("junos").Select(AsScript).SelectMany(script => script.Split('\n')).Where(line => line.Length > 0)];
        pieces.AddRange(pieces.ToArray().Select(line => Read(line).Tree).Select(tree => ConfigurationText.Write(tree, s_schema)));
        Texts("pieces", 2_500, pieces);
    }

    [Fact]
    public void Words()
    {
        TextMutator mutator = new(Corpus.Lines("values"));
        FuzzLoop.Run("values", 10_000, (random, input) =>
        {
            input.Text = mutator.Next(random);
            if (ObfuscatedSecret.TryDecode(input.Text, out string? clear))
            {
                Assert.True(ObfuscatedSecret.IsObfuscated(input.Text) && clear.Length > 0);
                Assert.True(ObfuscatedSecret.TryDecode(ObfuscatedSecret.Encode(clear), out string? again) && again == clear);
            }

            if (RouterOS.Packets.Ipv4Address.TryParse(input.Text, out uint address))
            {
                Assert.True(RouterOS.Packets.Ipv4Address.TryParse(RouterOS.Packets.Ipv4Address.Format(address), out uint same) && same == address);
            }
        });
    }

    private static void Inside(string text, SourcePosition position, string shown)
    {
        string[] lines = text.Split('\n');
        Assert.True(position.Line >= 1 && position.Line <= lines.Length, $"line {position.Line} is not in the text: {shown}");
        int longest = lines[position.Line - 1].Length + 1;
        Assert.True(position.Column >= 1 && position.Column <= longest, $"column {position.Column} is not in line {position.Line}: {shown}");
    }

    private static string AsScript(string text)
    {
        List<string> lines = [];
        JunosRenderer.SetLines(Read(text).Tree, s_schema, string.Empty, lines.Add);
        return string.Join('\n', lines);
    }

    private static ReadResult Read(string text) => ConfigurationText.Read(text, s_schema);

    private void Texts(string target, int iterations, IReadOnlyList<string> corpus)
    {
        TextMutator mutator = new(corpus);
        FuzzLoop.Run(target, iterations, (random, input) =>
        {
            input.Text = mutator.Next(random);
            Check(input.Text);
        });
    }

    private void Check(string text)
    {
        CheckReport report = ConfigurationCheck.Run(text, Srx.Language, Srx.Profile, Srx.Judges);
        foreach (ConfigurationDiagnostic error in report.Errors.Concat(report.Warnings))
        {
            Assert.NotEmpty(error.Message);
            Inside(text, error.Position, error.ToString());
        }

        foreach (CheckRow row in report.Rows)
        {
            Assert.NotEmpty(row.Statement);
            Inside(text, row.Position, row.Statement);
        }

        int lines = text.Split('\n').Length;
        Assert.All(report.Findings, finding => Assert.True(finding.Message.Length > 0 && finding.Source.Line <= lines, $"{finding}"));
        Written(Read(text).Tree);
    }

    private void Written(Statement tree)
    {
        string text = ConfigurationText.Write(tree, s_schema);
        ReadResult again = Read(text);
        Assert.Empty(again.Errors.Select(e => e.ToString()));
        Assert.True(tree.SameAs(again.Tree), $"read, written and read again it is another: {text}");
        Assert.Equal(text, ConfigurationText.Write(again.Tree, s_schema));

        string script = AsScript(text);
        ReadResult run = Read(script);
        Assert.True(script.Length == 0 || run.Errors.Count == 0, $"its own commands are refused: {string.Join('\n', run.Errors)}\n{script}");
        // Commands lose the nesting of opaque text: the second script may be longer, the third may not.
        string second = AsScript(ConfigurationText.Write(run.Tree, s_schema));
        Assert.Equal(second, AsScript(ConfigurationText.Write(Read(second).Tree, s_schema)));

        JunosDifference.Write(_example, tree, s_schema, string.Empty, _ => { });
        JunosDifference.Write(tree, tree, s_schema, string.Empty, line => Assert.Fail($"differs from itself: {line}"));
        _ = ConfigurationJson.Write(tree, s_schema);
    }
}
