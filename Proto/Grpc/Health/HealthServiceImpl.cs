using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>Tells what it was told about the health of services.</summary>
/// <remarks>Safe to use from any thread.</remarks>
public class HealthServiceImpl : Grpc.Health.V1.Health.HealthBase
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = [];
    private readonly List<Watcher> _watchers = [];

    /// <summary>Sets the status of a service; the empty name stands for the server.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses[service] = status;
            Notify(service);
        }
    }

    /// <summary>Forgets a service.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses.Remove(service);
            Notify(service);
        }
    }

    /// <summary>Forgets every service.</summary>
    public void ClearAll()
    {
        lock (_lock)
        {
            string[] services = [.. _statuses.Keys];
            _statuses.Clear();
            Array.ForEach(services, Notify);
        }
    }

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return _statuses.TryGetValue(request.Service, out ServingStatus status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new(StatusCode.NotFound, $"Nothing is known of service \"{request.Service}\"."));
        }
    }

    /// <inheritdoc/>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        Watcher watcher = new(request.Service);
        lock (_lock)
        {
            _watchers.Add(watcher);
            watcher.Latest.Writer.TryWrite(StatusOf(request.Service));
        }

        try
        {
            ServingStatus? sent = null;
            while (true)
            {
                ServingStatus status = await watcher.Latest.Reader.ReadAsync(context.CancellationToken);
                if (status != sent)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status });
                    sent = status;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private void Notify(string service)
    {
        ServingStatus status = StatusOf(service);
        foreach (Watcher watcher in _watchers.Where(watcher => watcher.Service == service))
        {
            watcher.Latest.Writer.TryWrite(status);
        }
    }

    private ServingStatus StatusOf(string service) =>
        _statuses.TryGetValue(service, out ServingStatus status) ? status : ServingStatus.ServiceUnknown;

    private sealed record Watcher(string Service)
    {
        // A slow watcher needs the last status, not every one.
        public Channel<ServingStatus> Latest { get; } = Channel.CreateBounded<ServingStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
