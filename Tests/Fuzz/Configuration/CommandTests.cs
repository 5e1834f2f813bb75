using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Logging;
using RouterOS.Core.Storage;
using RouterOS.Sdk.Cli;
using RouterOS.Unit.Core.Configuration;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Fuzz.Configuration;

/// <summary>Lines of an operator: no command ends in an internal error, no completion throws, and the candidate stays readable.</summary>
public sealed class CommandTests : IDisposable
{
    private const string InternalError = "internal error";

    private readonly ConfigurationStore _store;
    private readonly CliSession _session;
    private readonly List<string> _output = [];

    public CommandTests()
    {
        CrashingFileSystem files = new();
        ManualTime time = new();
        _store = new ConfigurationStore(
            Srx.Language, Srx.Profile, files, "/state", new Sealer(MasterKey.Open(files, "/state")), time, Srx.Judges, _ => { }, NullLogger.Instance);
        _store.Start();
        QuietServices quiet = new();
        CommandServices services = new()
        {
            Time = time,
            Started = time.GetUtcNow(),
            Bus = quiet,
            Interfaces = quiet,
            Routes = quiet,
            Modules = quiet,
            Profile = Srx.Profile,
            Log = new EventLog(time, null),
            ActiveConfiguration = () => _store.Active,
        };
        _session = new CliSession(new CliEngine(_store, services, Srx.Commands, NullLogger.Instance), "anna", 80);
    }

    [Fact]
    public void Operators_lines()
    {
        IReadOnlyList<string> corpus = Corpus.Lines("commands");
        TextMutator mutator = new(corpus);
        TextMutator texts = new(Corpus.Texts("junos"));
        Do("configure");
        FuzzLoop.Run("commands", 6_000, (random, input) =>
        {
            string line = random.OneIn(4) ? random.Pick(corpus) : mutator.Next(random);
            input.Text = line;
            _ = _session.Complete(line[..random.Next(line.Length + 1)], out _).Count;
            Do(line, random.OneIn(20) ? texts.Next(random) : string.Empty);
            if (random.OneIn(30))
            {
                input.Text += " (and what was before it)";
                Do("top");
                Do("configure");
                Readable();
            }

            if (random.OneIn(200))
            {
                Do("rollback 0");
                Do("delete");
            }
        });

        Readable();
    }

    public void Dispose() => _store.Dispose();

    private void Do(string line, string input = "")
    {
        _output.Clear();
        CliOutcome outcome = _session.Execute(line, input, _output.Add, CancellationToken.None).GetAwaiter().GetResult();
        Assert.DoesNotContain(_output, shown => shown.Contains(InternalError, StringComparison.Ordinal));
        Assert.InRange(outcome.Status, 0, 3);
    }

    private void Readable()
    {
        string text = ConfigurationText.Write(_store.CandidateTree, _store.Schema);
        ReadResult again = ConfigurationText.Read(text, _store.Schema);
        Assert.True(again.Errors.Count == 0, $"{string.Join('\n', again.Errors)}\n{text}");
        Assert.True(_store.CandidateTree.SameAs(again.Tree), "the candidate, written and read, is another");
    }
}
