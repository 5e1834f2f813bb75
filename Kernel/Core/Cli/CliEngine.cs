using Microsoft.Extensions.Logging;
using RouterOS.Core.Configuration;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Cli;

/// <summary>What all sessions of the command line share: the commands, the configuration, the router's parts.</summary>
public sealed class CliEngine
{
    private const string DefaultHostName = "router";

    /// <summary>Puts the engine together.</summary>
    /// <param name="store">The configuration.</param>
    /// <param name="services">Parts of the router that commands may use.</param>
    /// <param name="commands">Operational commands of the platform and the kernel; those of every platform are added.</param>
    /// <param name="log">The log.</param>
    public CliEngine(ConfigurationStore store, CommandServices services, IReadOnlyList<OperationalCommand> commands, ILogger log)
    {
        (Store, Services, Log) = (store, services, log);
        Commands = new CommandTree(
            [.. store.Language is IScriptLanguage script ? JunoseCommands.Create(store, script) : StandardCommands.Create(store), .. commands]);
    }

    /// <summary>A session for an operator, in the platform's language.</summary>
    internal ICliSession Open(string user, int columns) => Store.Language is IScriptLanguage language
        ? new JunoseSession(this, language, user, columns) : new CliSession(this, user, columns);

    /// <summary>The configuration.</summary>
    public ConfigurationStore Store { get; }

    /// <summary>Parts of the router.</summary>
    public CommandServices Services { get; }

    /// <summary>The router's name in prompts and logs.</summary>
    public string HostName => Store.Intents.Get<SystemIntent>().HostName is { Length: > 0 } name ? name : DefaultHostName;

    /// <summary>Operational commands.</summary>
    internal CommandTree Commands { get; }

    /// <summary>The log.</summary>
    internal ILogger Log { get; }
}
