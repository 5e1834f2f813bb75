using Grpc.Core.Interceptors;

namespace Grpc.Core;

public abstract partial class ClientBase
{
    /// <summary>Invoker and host of a client, opaque to generated code.</summary>
    protected internal class ClientBaseConfiguration
    {
        private readonly CallInvoker _invoker;
        private readonly string? _host;

        internal ClientBaseConfiguration(CallInvoker invoker, string? host)
        {
            _invoker = invoker;
            _host = host;
        }

        internal CallInvoker CreateInvoker() =>
            _host is null ? _invoker : new InterceptingCallInvoker(_invoker, new HostInterceptor(_host));

        internal ClientBaseConfiguration WithHost(string host) => new(_invoker, host);
    }
}
