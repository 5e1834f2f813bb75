using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Plugins;
using RouterOS.Core.Supervision;
using RouterOS.Sdk.Platforms;

namespace RouterOS.Host.Composition;

/// <summary>What one chassis is booted from.</summary>
internal sealed class ChassisSettings
{
    /// <summary>The chassis family.</summary>
    public required IPlatformPlugin Platform { get; init; }

    /// <summary>The model.</summary>
    public required ChassisProfile Profile { get; init; }

    /// <summary>Where plugins come from.</summary>
    public required PluginCatalog Catalog { get; init; }

    /// <summary>State directory, 0700.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Socket of the command line.</summary>
    public required string Socket { get; init; }

    /// <summary>How to reach the modules.</summary>
    public required IReadOnlyList<ModuleEndpoint> Modules { get; init; }

    /// <summary>Configuration file to boot from, or null for what the state directory has.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>True for a process of its own: what is logged goes to standard error too, for the journal.</summary>
    public bool LogToConsole { get; init; }
}
