using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Control;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Sdk.Plugins;

/// <summary>What the kernel gives a plugin. Its members may be used from the plugin's strand.</summary>
public interface IControlContext
{
    /// <summary>The plugin's strand.</summary>
    IStrand Strand { get; }

    /// <summary>The clock: virtual in simulations.</summary>
    TimeProvider Time { get; }

    /// <summary>Log of the plugin; goes to <c>show log</c> and to the process's log.</summary>
    ILogger Log { get; }

    /// <summary>Trace files, for what is too much for the log.</summary>
    ITraces Traces { get; }

    /// <summary>Rows that the plugin wants in the modules.</summary>
    ITableWriter Tables { get; }

    /// <summary>Run-time state and events of the modules.</summary>
    IModuleView Modules { get; }

    /// <summary>Punted packets in, injected packets out.</summary>
    IControlPackets Packets { get; }

    /// <summary>Services of other plugins and of the kernel, and the plugin's own.</summary>
    IBus Bus { get; }

    /// <summary>State that survives the process, sealed at rest.</summary>
    ISealedStore Store { get; }

    /// <summary>Logical interfaces and their addresses.</summary>
    IInterfaceView Interfaces { get; }

    /// <summary>The routing tables.</summary>
    IRouteView Routes { get; }

    /// <summary>Unpredictable bytes.</summary>
    ISecureRandom Random { get; }

    /// <summary>Diffie-Hellman.</summary>
    IKeyExchange KeyExchange { get; }

    /// <summary>RSA signatures of IKEv1.</summary>
    IRsa Rsa { get; }

    /// <summary>Ciphers for control messages.</summary>
    ICipher Cipher { get; }

    /// <summary>Hashes and keyed hashes.</summary>
    IMac Mac { get; }
}
