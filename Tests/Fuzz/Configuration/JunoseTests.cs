using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Logging;
using RouterOS.Core.Network;
using RouterOS.Core.Storage;
using RouterOS.Erx;
using RouterOS.Ike.Control;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Unit.Core.Configuration;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Fuzz.Configuration;

/// <summary>JUNOSe scripts and lines: nothing throws, errors say where, and what is shown makes the same configuration again.</summary>
public sealed class JunoseTests
{
    private static readonly ChassisProfile s_profile = new ErxPlatform().Models[0];
    private static readonly IConfigurationLanguage s_language = new ErxPlatform().CreateLanguage(s_profile);
    private static readonly IkePlugin s_ike = new();

    [Fact]
    public void Scripts()
    {
        TextMutator mutator = new(Corpus.Texts("junose"));
        FuzzLoop.Run("junose-scripts", 150, (random, input) => Script(input.Text = mutator.Next(random)));
    }

    [Fact]
    public void Lines_of_scripts()
    {
        // Short texts reach deep into single commands far more often than whole scripts do.
        string[] lines = [.. Corpus.Texts("junose").SelectMany(text => text.Split('\n')).Where(line => line.Length > 0)];
        TextMutator mutator = new(lines);
        FuzzLoop.Run("junose-lines", 2_500, (random, input) =>
            Script(input.Text = string.Join('\n', Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.OneIn(3) ? random.Pick(lines) : mutator.Next(random)))));
    }

    [Fact]
    public void Operators_lines()
    {
        CrashingFileSystem files = new();
        ManualTime time = new();
        using ConfigurationStore store = new(
            s_language, s_profile, files, "/state", new Sealer(MasterKey.Open(files, "/state")), time,
            [intents => NetworkValidation.Validate(intents.Get<SystemIntent>(), s_profile), s_ike.Validate], _ => { }, NullLogger.Instance);
        store.Start();
        QuietServices quiet = new();
        CommandServices services = new()
        {
            Time = time,
            Started = time.GetUtcNow(),
            Bus = quiet,
            Interfaces = quiet,
            Routes = quiet,
            Modules = quiet,
            Profile = s_profile,
            Log = new EventLog(time, null),
            ActiveConfiguration = () => store.Active,
        };
        ICliSession session = new CliEngine(store, services, new ErxPlatform().CreateCommands(s_profile), NullLogger.Instance).Open("anna", 80);
        string[] lines = [.. Corpus.Texts("junose").SelectMany(text => text.Split('\n')).Where(line => line.Length > 0)];
        string[] more = ["exit", "end", "show configuration", "show ip route | include 10", "run show version", "no virtual-router lyon", "?", "default ipsec option nat-t"];
        TextMutator mutator = new([.. lines, .. more]);
        Do("enable");
        FuzzLoop.Run("junose-commands", 2_000, (random, input) =>
        {
            string line = random.OneIn(3) ? random.Pick(lines) : random.OneIn(5) ? random.Pick(more) : mutator.Next(random);
            input.Text = line.ReplaceLineEndings(" ");
            _ = session.Complete(input.Text[..random.Next(input.Text.Length + 1)], out _).Count;
            Do(input.Text);
            if (random.OneIn(10))
            {
                Do("configure terminal");
            }
        });
        string shown = ConfigurationText.Write(store.Active, s_language);
        Assert.True(store.Active.SameAs(ConfigurationText.Read(shown, s_language).Tree), shown);

        void Do(string line)
        {
            List<string> output = [];
            CliOutcome outcome = session.Execute(line, string.Empty, output.Add, CancellationToken.None).GetAwaiter().GetResult();
            Assert.DoesNotContain(output, text => text.Contains("internal error", StringComparison.Ordinal));
            Assert.InRange(outcome.Status, 0, 2);
            if (outcome.Closed)
            {
                session = new CliEngine(store, services, new ErxPlatform().CreateCommands(s_profile), NullLogger.Instance).Open("anna", 80);
                Do("enable");
            }
        }
    }

    private static void Script(string text)
    {
        ReadResult read = ConfigurationText.Read(text, s_language);
        int lines = text.Split('\n').Length;
        Assert.All(read.Errors, error => Assert.InRange(error.Position.Line, 0, lines));
        string shown = ConfigurationText.Write(read.Tree, s_language);
        ReadResult again = ConfigurationText.Read(shown, s_language);
        Assert.True(again.Errors.Count == 0, string.Join('\n', again.Errors) + "\n" + shown);
        Assert.True(read.Tree.SameAs(again.Tree), shown + "\n--- but\n" + ConfigurationText.Write(again.Tree, s_language));
        _ = ConfigurationCheck.Run(text, s_language, s_profile, [s_ike.Validate]).ToJson();

        // The form on disk holds the same.
        string kept = ConfigurationText.Write(read.Tree, s_language.Root);
        ReadResult reloaded = ConfigurationText.Read(kept, s_language.Root);
        Assert.True(reloaded.Errors.Count == 0 && read.Tree.SameAs(reloaded.Tree), kept);
    }
}
