namespace Grpc.Core;

/// <summary>The responses of a call, seen from the server.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
