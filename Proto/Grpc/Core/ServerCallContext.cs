namespace Grpc.Core;

/// <summary>A running call, seen from its handler.</summary>
public abstract class ServerCallContext
{
    /// <summary>Path of the method.</summary>
    public string Method => MethodCore;

    /// <summary>The host name that the caller used.</summary>
    public string Host => HostCore;

    /// <summary>Address of the caller.</summary>
    public string Peer => PeerCore;

    /// <summary>When the call ends by itself, in UTC; <see cref="DateTime.MaxValue"/> if never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>What the caller sent with the call.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the caller gives up, the connection breaks or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>What is sent with the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The status that the call ends with if the handler does not throw.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>How responses are written.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>What is known of the caller by authentication.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>A place for the handler's own objects.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>Path of the method.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>The host name that the caller used.</summary>
    protected abstract string HostCore { get; }

    /// <summary>Address of the caller.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>When the call ends by itself.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>What the caller sent with the call.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>Cancelled when the call is over early.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>What is sent with the status.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>The status to end with.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>How responses are written.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>What is known of the caller by authentication.</summary>
    protected abstract AuthContext AuthContextCore { get; }

    /// <summary>A place for the handler's own objects.</summary>
    protected virtual IDictionary<object, object> UserStateCore => field ??= new Dictionary<object, object>();

    /// <summary>Sends the headers now, before the first response.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return WriteResponseHeadersAsyncCore(responseHeaders);
    }

    /// <summary>A token with which calls made from this one share its deadline and cancellation.</summary>
    public ContextPropagationToken CreatePropagationToken(ContextPropagationOptions? options = null) =>
        CreatePropagationTokenCore(options);

    /// <summary>Sends the headers.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);

    /// <summary>Makes a propagation token.</summary>
    protected abstract ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options);
}
