using System.CommandLine;
using RouterOS.Core.Plugins;
using RouterOS.Crypto.Control;
using RouterOS.Host.Composition;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros replay FILE [--platform NAME --config FILE]</c>.</summary>
internal static class ReplayCommand
{
    private const long LargestFile = 256L * 1024 * 1024;

    public static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "A recording, as `monitor security ike peer` writes it." };
        Option<string?> platform = new("--platform")
        {
            Description = "Chassis model that --config is for, as `routeros platforms` lists them.",
            HelpName = "NAME",
        };
        Option<FileInfo?> configuration = new("--config")
        {
            Description = "Another configuration than the recorded one: would it have gone better?",
            HelpName = "FILE",
        };
        Command command = new("replay", "Go through a recording of a peer again, offline: states, messages, why it failed, and what another configuration would have changed.")
        {
            file, platform, configuration,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(configuration) is not null && result.GetValue(platform) is null)
            {
                result.AddError("--config needs --platform, which says what language the file is in");
            }
        });
        command.SetAction(parsed => CommonOptions.Guard(() => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(platform), parsed.GetValue(configuration))));
        return command;
    }

    private static int Run(FileInfo file, string? platform, FileInfo? configuration)
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        byte[] bytes = Read(file);
        IntentSet? intents = configuration is null ? null : ExplainCommand.Bind(catalog, platform!, configuration);
        ReplayCrypto crypto = new(new LibcryptoKeyExchange(), new LibcryptoRsa(), new LibcryptoCipher(), new BclMac());
        ReplayResult result = catalog.ControlPlugins().Select(p => p.Validator).OfType<IRecordingReplayer>()
            .Select(p => p.Replay(bytes, intents, crypto)).FirstOrDefault(r => r is not null)
            ?? throw new RefusedException($"{file.Name} is no recording that a plugin here can replay");
        foreach (string line in result.Lines)
        {
            Console.Out.WriteLine(line);
        }

        // Another configuration may differ; the same one must not.
        return result.IsSame || intents is not null ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static byte[] Read(FileInfo file)
    {
        try
        {
            return file.Length <= LargestFile
                ? File.ReadAllBytes(file.FullName)
                : throw new RefusedException($"{file.Name} is larger than {LargestFile / (1024 * 1024)} MB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{file.Name} cannot be read: {e.Message}");
        }
    }
}
