using Grpc.Core;
using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Sdk.Cli;

/// <summary>The parts of the router that commands may use; safe from any thread.</summary>
public sealed class CommandServices
{
    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>When the router started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Invoker for generated clients of any service of the bus.</summary>
    public required CallInvoker Bus { get; init; }

    /// <summary>Logical interfaces.</summary>
    public required IInterfaceView Interfaces { get; init; }

    /// <summary>Routing tables.</summary>
    public required IRouteView Routes { get; init; }

    /// <summary>Run-time state of the modules.</summary>
    public required IModuleView Modules { get; init; }

    /// <summary>The chassis.</summary>
    public required ChassisProfile Profile { get; init; }

    /// <summary>The log.</summary>
    public required ILogReader Log { get; init; }

    /// <summary>Reads the committed configuration.</summary>
    public required Func<Statement> ActiveConfiguration { get; init; }
}
