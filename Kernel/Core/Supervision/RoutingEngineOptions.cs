using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Chassis;
using RouterOS.Abstractions.Control;
using RouterOS.Core.Plugins;
using RouterOS.Core.Storage;
using RouterOS.Core.Strands;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Platforms;

namespace RouterOS.Core.Supervision;

/// <summary>What a routing engine is made of.</summary>
public sealed class RoutingEngineOptions
{
    /// <summary>The chassis model.</summary>
    public required ChassisProfile Profile { get; init; }

    /// <summary>The family it belongs to.</summary>
    public required IPlatformPlugin Platform { get; init; }

    /// <summary>The control plugins.</summary>
    public required IReadOnlyList<ControlPluginFactory> Plugins { get; init; }

    /// <summary>The modules.</summary>
    public required IReadOnlyList<ModuleEndpoint> Modules { get; init; }

    /// <summary>Executor and clock of everything that runs.</summary>
    public required IStrandFactory Strands { get; init; }

    /// <summary>The disk.</summary>
    public IFileSystem Files { get; init; } = new DiskFileSystem();

    /// <summary>State folder: configuration and its history, sealed values, the master key.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Folder of trace files; null keeps traces in memory only.</summary>
    public string? TraceFolder { get; init; }

    /// <summary>Unpredictable bytes.</summary>
    public required ISecureRandom Random { get; init; }

    /// <summary>Diffie-Hellman for control halves.</summary>
    public required IKeyExchange KeyExchange { get; init; }

    /// <summary>RSA signatures of IKEv1.</summary>
    public required IRsa Rsa { get; init; }

    /// <summary>Ciphers for control messages.</summary>
    public required ICipher Cipher { get; init; }

    /// <summary>Hashes for control messages.</summary>
    public required IMac Mac { get; init; }

    /// <summary>Where everything logs.</summary>
    public required ILoggerFactory Log { get; init; }

    /// <summary>The log as commands read it.</summary>
    public required ILogReader LogReader { get; init; }
}
