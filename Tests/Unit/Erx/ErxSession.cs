using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Logging;
using RouterOS.Core.Storage;
using RouterOS.Erx;
using RouterOS.Sdk.Cli;
using RouterOS.Unit.Core.Cli;
using RouterOS.Unit.Core.Configuration;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Unit.Erx;

/// <summary>An operator's session over a store in memory.</summary>
internal sealed class ErxSession : IDisposable
{
    private readonly ICliSession _session;

    public ErxSession(int columns = 0, string model = "erx1440")
    {
        CrashingFileSystem files = new();
        Store = new ConfigurationStore(
            ErxText.Language(model), ErxText.Profile(model), files, "/state", new Sealer(MasterKey.Open(files, "/state")), Time, [], _ => Applied++,
            NullLogger.Instance);
        Store.Start();
        CliFixture.NoNetwork network = new();
        CommandServices services = new()
        {
            Time = Time,
            Started = Time.GetUtcNow(),
            Bus = new CliFixture.NoBus(),
            Interfaces = network,
            Routes = network,
            Modules = network,
            Profile = ErxText.Profile(model),
            Log = new EventLog(Time, null),
            ActiveConfiguration = () => Store.Active,
        };
        _session = new CliEngine(Store, services, new ErxPlatform().CreateCommands(ErxText.Profile(model)), NullLogger.Instance).Open("anna", columns);
    }

    public ManualTime Time { get; } = new();

    public ConfigurationStore Store { get; }

    /// <summary>Number of intents that were handed to the plugins.</summary>
    public int Applied { get; private set; }

    public string Prompt => _session.Prompt;

    /// <summary>Runs a line and gives its status and output.</summary>
    public async Task<(int Status, string Output)> Run(string line)
    {
        List<string> lines = [];
        CliOutcome outcome = await _session.Execute(line, string.Empty, lines.Add, CancellationToken.None);
        return (outcome.Status, string.Join('\n', lines));
    }

    /// <summary>Runs lines that must succeed, and gives the output of the last.</summary>
    public async Task<string> Do(params string[] lines)
    {
        string last = string.Empty;
        foreach (string line in lines)
        {
            (int status, last) = await Run(line);
            Assert.True(status == 0, $"{Prompt}{line}\n{last}");
        }

        return last;
    }

    public string[] Completions(string line) => [.. _session.Complete(line, out _).Select(i => i.Text)];

    public void Dispose() => Store.Dispose();
}
