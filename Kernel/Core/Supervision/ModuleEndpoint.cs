using Grpc.Core;

namespace RouterOS.Core.Supervision;

/// <summary>How to reach one module.</summary>
/// <param name="Name">Its name in the chassis, for logs and <c>show</c>.</param>
/// <param name="Invoker">In-process invoker or channel; a channel with keepalive finds a hung module.</param>
public sealed record ModuleEndpoint(string Name, CallInvoker Invoker);
