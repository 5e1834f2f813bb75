using Grpc.Core;
using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Sdk.Cli;

/// <summary>What a running command sees of the router. Used by one command at a time.</summary>
public sealed class CommandContext
{
    /// <summary>What the operator gave.</summary>
    public required CommandArguments Arguments { get; init; }

    /// <summary>Where output goes; what is written reaches the operator line by line, through the pipes of the command.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Ctrl-C, or the end of the session.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <summary>The router's parts.</summary>
    public required CommandServices Services { get; init; }

    /// <summary>Who runs the command.</summary>
    public required string User { get; init; }

    /// <summary>Width of the operator's terminal.</summary>
    public required int Columns { get; init; }

    /// <summary>The virtual router that the operator works in; empty where the platform has none.</summary>
    public string Instance { get; init; } = string.Empty;

    /// <summary>The clock.</summary>
    public TimeProvider Time => Services.Time;

    /// <summary>Invoker for generated clients of any service: <c>new Ike.IkeClient(context.Bus)</c>.</summary>
    public CallInvoker Bus => Services.Bus;

    /// <summary>Logical interfaces.</summary>
    public IInterfaceView Interfaces => Services.Interfaces;

    /// <summary>Routing tables.</summary>
    public IRouteView Routes => Services.Routes;

    /// <summary>Run-time state of the modules.</summary>
    public IModuleView Modules => Services.Modules;

    /// <summary>The chassis.</summary>
    public ChassisProfile Profile => Services.Profile;

    /// <summary>The log.</summary>
    public ILogReader Log => Services.Log;

    /// <summary>The committed configuration.</summary>
    public StatementView Configuration => StatementView.Of(Services.ActiveConfiguration());
}
