using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Core.Configuration;

/// <summary>Edits against a naive model: a set of lines as <c>display set</c> prints them.</summary>
public sealed class CandidateModelTests
{
    // Leaves of the test language without choices, each with the values that edits draw from.
    private static readonly (string Path, string[] Values, bool Many)[] s_leaves =
    [
        ("system host-name", ["a", "b"], false),
        ("system no-redirects", [""], false),
        ("system login user u1 class", ["operator", "super-user"], false),
        ("interfaces ge-0/0/1 unit 0 family inet mtu", ["1400", "1500"], false),
        ("vpn proposal p1 lifetime-seconds", ["600", "700"], false),
        ("vpn proposal p2 cipher", ["aes", "des"], false),
        ("vpn gateway g address", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], true),
        ("vpn gateway g dead-peer-detection interval", ["10", "20"], false),
    ];

    [Fact]
    public void Set_and_delete_of_leaves_agree_with_a_set_of_lines() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            Candidate candidate = new(TestLanguage.Tree);
            HashSet<string> model = new(StringComparer.Ordinal);
            for (int i = 0; i < 60; i++)
            {
                (string path, string[] values, bool many) = s_leaves[random.Next(s_leaves.Length)];
                string value = values[random.Next(values.Length)];
                string line = (path + " " + value).Trim();
                switch (random.Next(4))
                {
                    case 0:
                        // All values of the leaf go; an entry on the way stays, as the vendor's does.
                        bool there = model.RemoveWhere(l => l == path || l.StartsWith(path + " ", StringComparison.Ordinal)) > 0;
                        Assert.Equal(there, candidate.Delete(Words(path)) is null);
                        break;
                    case 1 when value.Length > 0:
                        Assert.Equal(model.Remove(line), candidate.Delete(Words(line)) is null);
                        break;
                    default:
                        if (!many)
                        {
                            model.RemoveWhere(l => l.StartsWith(path + " ", StringComparison.Ordinal));
                        }

                        model.Add(line);
                        Assert.Null(candidate.Set(Words(line)));
                        break;
                }

                List<string> lines = [];
                JunosRenderer.SetLines(candidate.Tree, TestLanguage.Tree, string.Empty, l => lines.Add(l["set ".Length..]));
                Assert.Equal(model.Order(), lines.Where(IsLeaf).Order());
            }
        }));

    [Fact]
    public void A_difference_applied_as_set_and_delete_leads_from_one_tree_to_the_other() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Statement from = TreeGenerator.Tree(new Random(seed));
            Statement to = TreeGenerator.Tree(new Random(unchecked(seed + 1)));
            List<string> lines = [];
            JunosDifference.Write(from, to, TestLanguage.Tree, string.Empty, lines.Add);
            Assert.NotEmpty(lines);
            Assert.All(lines, l => Assert.Contains(l[0], "[+-!"));
            lines.Clear();
            JunosDifference.Write(from, from, TestLanguage.Tree, string.Empty, lines.Add);
            Assert.Empty(lines);
        }));

    [Fact]
    public void A_deletion_of_the_root_leaves_nothing()
    {
        Candidate candidate = new(TestLanguage.Tree) { Tree = TreeGenerator.Tree(new Random(1)) };
        Assert.Null(candidate.Delete([]));
        Assert.Empty(candidate.Tree.Children);
    }

    [Fact]
    public void A_merge_of_a_tree_into_nothing_is_the_tree() => Check.One(Seeded.Config,
        Prop.ForAll(TreeGenerator.Trees.ToArbitrary(), tree =>
        {
            Candidate candidate = new(TestLanguage.Tree);
            candidate.Merge(tree);
            Assert.True(tree.SameAs(candidate.Tree));
            candidate.Merge(tree);
            Assert.True(tree.SameAs(candidate.Tree));
        }));

    private static bool IsLeaf(string line) => s_leaves.Any(
        l => line == l.Path || (line.StartsWith(l.Path + " ", StringComparison.Ordinal) && l.Values.Contains(line[(l.Path.Length + 1)..])));

    private static List<JunosToken> Words(string line) => JunosLexer.Words(line, (_, m) => Assert.Fail(m));
}
