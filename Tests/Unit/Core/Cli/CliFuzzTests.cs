using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Unit.Core.Configuration;

namespace RouterOS.Unit.Core.Cli;

/// <summary>Bounded fuzzing of everything that reads an operator's text.</summary>
public sealed class CliFuzzTests
{
    private static readonly string[] s_words =
    [
        "set", "delete", "edit", "show", "up", "top", "exit", "commit", "check", "confirmed", "rollback", "load", "merge", "terminal",
        "override", "replace", "rename", "to", "insert", "before", "after", "activate", "deactivate", "annotate", "run", "configure",
        "configuration", "system", "host-name", "login", "user", "class", "operator", "interfaces", "ge-0/0/1", "unit", "0", "family",
        "inet", "address", "192.0.2.1", "192.0.2.1/24", "vpn", "proposal", "p1", "p2", "cipher", "aes", "policy", "proposals", "[", "]",
        "proposal-set", "basic", "pre-shared-key", "ascii-text", "\"a b\"", "\"", "gateway", "g", "local-identity", "hostname", "rules",
        "from-zone", "a", "to-zone", "b", "then", "permit", "deny", "book", "routes", "route", "10.0.0.0/8", "next-hop", "discard", "snmp",
        "community", "legacy", "|", "| match x", "| count", "| display set", "| display json", "| compare", "| compare rollback 1", "|||",
        "{", "}", ";", "#", "/*", "", "-1", "99999999999", "é\u0000", "commi", "s", "\\", "$9$", "commit comment x", "show system commit",
        "show log", "show vpn associations", "associations", "index", "ping", "?", "and-quit",
    ];

    private static readonly string[] s_verbs = ["set", "set", "set", "delete", "show", "edit", "activate", "deactivate", "top set"];

    [Fact]
    public void Random_lines_are_done_refused_or_not_understood_and_nothing_else()
    {
        Random random = new(7);
        int done = 0;
        for (int round = 0; round < 15; round++)
        {
            CliFixture cli = new();
            cli.Do("configure");
            for (int i = 0; i < 150; i++)
            {
                string line = Line(random);
                string input = random.Next(3) == 0 ? string.Empty : string.Join('\n', Line(random), Line(random), "system { host-name x; }");
                (string text, CliOutcome outcome) = cli.Run(line, input);
                Assert.InRange(outcome.Status, 0, 2);
                done += outcome.Status == 0 ? 1 : 0;
                Assert.False(text.Contains("internal error", StringComparison.Ordinal), $"{line}\n{input}\n{text}");
                foreach (CompletionItem item in cli.Session.Complete(line[..random.Next(line.Length + 1)], out string partial))
                {
                    Assert.True(!item.Literal || item.Text.StartsWith(partial, StringComparison.Ordinal), $"{line}: {item}");
                }
            }

            string kept = ConfigurationText.Write(cli.Store.CandidateTree, TestLanguage.Tree);
            ReadResult again = ConfigurationText.Read(kept, TestLanguage.Tree);
            Assert.Empty(again.Errors);
            Assert.Equal(kept, ConfigurationText.Write(again.Tree, TestLanguage.Tree));
        }

        Assert.InRange(done, 400, 2000);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_nothing_else()
    {
        string example = JunosTextTests.Canonical();
        Random random = new(11);
        int read = 0;
        for (int i = 0; i < 5000; i++)
        {
            List<string> lines = [.. example.Split('\n')];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                int at = random.Next(lines.Count);
                switch (random.Next(5))
                {
                    case 0:
                        lines.RemoveAt(at);
                        break;
                    case 1:
                        lines.Insert(at, lines[random.Next(lines.Count)]);
                        break;
                    case 2:
                        lines[at] += s_words[random.Next(s_words.Length)];
                        break;
                    case 3 when lines[at].Length > 0:
                        lines[at] = lines[at].Remove(random.Next(lines[at].Length), 1);
                        break;
                    default:
                        lines[at] = "inactive: " + lines[at].Trim();
                        break;
                }
            }

            ReadResult result = ConfigurationText.Read(string.Join('\n', lines), TestLanguage.Tree);
            string text = ConfigurationText.Write(result.Tree, TestLanguage.Tree);
            ReadResult again = ConfigurationText.Read(text, TestLanguage.Tree);
            Assert.True(again.Errors.Count == 0 && again.Tree.SameAs(result.Tree), text);
            read += result.Errors.Count == 0 ? 1 : 0;
        }

        Assert.InRange(read, 100, 4900);
    }

    // Half of the lines are nearly right: a command about a statement of a random tree, with a word dropped or replaced.
    private static string Line(Random random)
    {
        if (random.Next(2) == 0)
        {
            return string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => s_words[random.Next(s_words.Length)]));
        }

        List<string> lines = [];
        JunosRenderer.SetLines(TreeGenerator.Tree(random), TestLanguage.Tree, string.Empty, lines.Add);
        if (lines.Count == 0)
        {
            return "show";
        }

        List<string> words = [.. lines[random.Next(lines.Count)].Split(' ')];
        words[0] = random.Next(3) == 0 ? words[0] : s_verbs[random.Next(s_verbs.Length)];
        switch (random.Next(4))
        {
            case 0:
                words.RemoveAt(random.Next(words.Count));
                break;
            case 1:
                words[random.Next(words.Count)] = s_words[random.Next(s_words.Length)];
                break;
            case 2:
                words.RemoveRange(words.Count / 2, words.Count - (words.Count / 2));
                break;
            default:
                break;
        }

        return string.Join(' ', words);
    }
}
