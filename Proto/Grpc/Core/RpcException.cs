namespace Grpc.Core;

/// <summary>A call that did not end with <see cref="StatusCode.OK"/>; a handler throws it to choose the status.</summary>
public class RpcException : Exception
{
    /// <summary>Makes the exception for a status.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty)
    {
    }

    /// <summary>Makes the exception for a status, with a message of its own.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Makes the exception for a status and trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, $"gRPC call ended with {status}")
    {
    }

    /// <summary>Makes the exception for a status and trailers, with a message of its own.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>The status.</summary>
    public Status Status { get; }

    /// <summary>The code of the status.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The trailers that came with the status, or that a handler wants to send.</summary>
    public Metadata Trailers { get; }
}
