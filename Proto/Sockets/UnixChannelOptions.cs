namespace RouterOS.Proto.Sockets;

/// <summary>How a channel over a Unix domain socket is kept.</summary>
public sealed record UnixChannelOptions
{
    /// <summary>How long a connection attempt waits for a socket that nobody listens on yet.</summary>
    public TimeSpan RetryConnect { get; init; } = TimeSpan.Zero;

    /// <summary>Silence of the peer after which it is pinged; infinite: never.</summary>
    public TimeSpan PingDelay { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time for the answer to a ping; without one every call fails as Unavailable.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Largest message that is taken, in bytes.</summary>
    public int MaxReceiveBytes { get; init; } = 4 * 1024 * 1024;
}
