using System.Reflection;
using Grpc.Core;
using RouterOS.Proto.InProcess;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Bus;

/// <summary>Services of the routing engine and its plugins: called in process, with the marshalling and statuses of a socket.</summary>
public sealed class ServiceBus
{
    // Lists of everything that a large chassis has: 40,000 pairs of SAs, as many as a rekey of 20,000 tunnels leaves, are more than a socket's 4 MB.
    private const int LargestMessage = 64 << 20;

    private readonly InProcessServices _services;
    private readonly Lock _gate = new();
    private readonly List<BusService> _provided = [];

    /// <summary>Makes an empty bus.</summary>
    /// <param name="time">The clock of deadlines.</param>
    public ServiceBus(TimeProvider time)
    {
        _services = new(HandlerFailed);
        Invoker = new InProcessCallInvoker(_services, time, new InProcessOptions { MaxMessageBytes = LargestMessage });
    }

    /// <summary>Raised, on any thread, when a handler threw what is no status: the service's name and the exception.</summary>
    public event Action<string, Exception>? Failed;

    /// <summary>Invoker of every service of the bus.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Services offered now, by full name.</summary>
    public IReadOnlyList<string> Services
    {
        get
        {
            lock (_gate)
            {
                return [.. _provided.Select(service => service.Name)];
            }
        }
    }

    /// <summary>Offers a service until the result is disposed; its methods run on the provider's strand.</summary>
    /// <param name="implementation">An object that derives from a generated service base.</param>
    /// <param name="strand">The provider's strand.</param>
    public IDisposable Provide(object implementation, IStrand strand)
    {
        ArgumentNullException.ThrowIfNull(implementation);
        ArgumentNullException.ThrowIfNull(strand);
        MethodInfo bind = BindMethod(implementation.GetType());
        string name = string.Empty;
        IDisposable registration = _services.Add(
            binder =>
            {
                bind.Invoke(null, [binder, implementation]);
                name = ServiceName(bind.DeclaringType!);
            },
            strand.Context);
        BusService service = new(name, strand, registration, this);
        lock (_gate)
        {
            _provided.Add(service);
        }

        return service;
    }

    /// <summary>The bus as one plugin sees it.</summary>
    public IBus For(IStrand strand) => new PluginBus(this, strand);

    /// <summary>Withdraws everything that a strand offers.</summary>
    public void Withdraw(IStrand strand)
    {
        BusService[] services;
        lock (_gate)
        {
            services = [.. _provided.Where(service => service.Strand == strand)];
        }

        foreach (BusService service in services)
        {
            service.Dispose();
        }
    }

    internal void Forget(BusService service)
    {
        lock (_gate)
        {
            _provided.Remove(service);
        }
    }

    private static MethodInfo BindMethod(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (at.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                // Two overloads: one defines the service, the other binds an object's methods one by one.
                return attribute.BindType.GetMethod(attribute.BindMethodName, [typeof(ServiceBinderBase), at])
                    ?? throw new ArgumentException($"{attribute.BindType} has no method {attribute.BindMethodName} that takes a binder.");
            }
        }

        throw new ArgumentException($"{type} does not derive from a generated service.");
    }

    // Generated services keep their full name in a private constant of this name.
    private static string ServiceName(Type generated) =>
        generated.GetField("__ServiceName", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null) as string ?? generated.FullName!;

    private void HandlerFailed(string path, Exception exception) => Failed?.Invoke(path.Split('/', StringSplitOptions.RemoveEmptyEntries)[0], exception);

    private sealed class PluginBus(ServiceBus bus, IStrand strand) : IBus
    {
        public CallInvoker Invoker => bus.Invoker;

        public void Provide(object implementation) => bus.Provide(implementation, strand);
    }
}
