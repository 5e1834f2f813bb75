using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Control;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Supervision;

/// <summary>One life of one plugin's surroundings.</summary>
internal sealed class ControlContext : IControlContext
{
    public required IStrand Strand { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    public required ITraces Traces { get; init; }

    public required ITableWriter Tables { get; init; }

    public required IModuleView Modules { get; init; }

    public required IControlPackets Packets { get; init; }

    public required IBus Bus { get; init; }

    public required ISealedStore Store { get; init; }

    public required IInterfaceView Interfaces { get; init; }

    public required IRouteView Routes { get; init; }

    public required ISecureRandom Random { get; init; }

    public required IKeyExchange KeyExchange { get; init; }

    /// <inheritdoc/>
    public required IRsa Rsa { get; init; }

    public required ICipher Cipher { get; init; }

    public required IMac Mac { get; init; }
}
