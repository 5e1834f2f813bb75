using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>On each gRPC endpoint: which method of which service it is.</summary>
public sealed class GrpcMethodMetadata
{
    /// <summary>Makes the metadata.</summary>
    public GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        ArgumentNullException.ThrowIfNull(method);
        ServiceType = serviceType;
        Method = method;
    }

    /// <summary>The class that handles the method.</summary>
    public Type ServiceType { get; }

    /// <summary>The method.</summary>
    public IMethod Method { get; }
}
