using Grpc.Core;

namespace RouterOS.Sdk.Plugins;

/// <summary>Services by contract: offered and used through generated code, the same over a socket and in process.</summary>
public interface IBus
{
    /// <summary>Invoker for generated clients of any service of the bus: <c>new Ike.IkeClient(bus.Invoker)</c>.</summary>
    CallInvoker Invoker { get; }

    /// <summary>Offers a service: <paramref name="implementation"/> derives from a generated base. Its methods run on the calling plugin's strand.</summary>
    void Provide(object implementation);
}
