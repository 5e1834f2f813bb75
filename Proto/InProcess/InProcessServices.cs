using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>The services that can be called inside this process, by the path of their methods.</summary>
/// <remarks>Safe to use from any thread.</remarks>
/// <param name="handlerFailed">Gets the path of a method and what its handler threw, if that is no status.</param>
public sealed class InProcessServices(Action<string, Exception>? handlerFailed = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InProcessMethod> _methods = [];

    /// <summary>Adds a service through its generated <c>BindService(ServiceBinderBase, implementation)</c>.</summary>
    /// <param name="bind">Calls the generated method with an object that is not null.</param>
    /// <param name="context">Where handlers run; null: where the caller runs.</param>
    /// <returns>Removes the service when disposed; running calls go on.</returns>
    public IDisposable Add(Action<ServiceBinderBase> bind, SynchronizationContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(bind);
        InProcessBinder binder = new(context);
        bind(binder);
        lock (_lock)
        {
            foreach (string path in binder.Methods.Keys)
            {
                if (_methods.ContainsKey(path))
                {
                    throw new InvalidOperationException($"{path} is offered already.");
                }
            }

            foreach ((string path, InProcessMethod method) in binder.Methods)
            {
                _methods.Add(path, method);
            }
        }

        return new Registration(this, [.. binder.Methods.Keys]);
    }

    internal InProcessMethod? Find(string path)
    {
        lock (_lock)
        {
            return _methods.GetValueOrDefault(path);
        }
    }

    internal void ReportFailure(string path, Exception exception) => handlerFailed?.Invoke(path, exception);

    private void Remove(IEnumerable<string> paths)
    {
        lock (_lock)
        {
            foreach (string path in paths)
            {
                _methods.Remove(path);
            }
        }
    }

    private sealed class Registration(InProcessServices services, string[] paths) : IDisposable
    {
        private string[]? _paths = paths;

        public void Dispose() => services.Remove(Interlocked.Exchange(ref _paths, null) ?? []);
    }
}
