using RouterOS.Abstractions.Control;

namespace RouterOS.L2tp.Control;

/// <summary>What tunnels need of the world: time, randomness, hashes, and a way out for datagrams.</summary>
/// <remarks>Everything runs on one strand.</remarks>
internal interface IL2tpEnvironment
{
    DateTimeOffset Now { get; }

    IMac Mac { get; }

    /// <summary>Runs work after a delay; disposing the result before then cancels it.</summary>
    IDisposable After(TimeSpan delay, Action work);

    /// <summary>Number of the routing instance of a virtual router; a number that nothing has where there is none.</summary>
    uint InstanceOf(string virtualRouter) => 0;

    void Fill(Span<byte> destination);

    /// <summary>Sends a frame of PPP by the modules, which have the session's sequence numbers.</summary>
    void SendFrame(InnerEnds ends, ReadOnlySpan<byte> frame) => throw new NotSupportedException("There are no modules.");

    /// <summary>Sends a datagram's payload from the local to the remote end.</summary>
    void Send(TunnelEnds ends, byte[] payload);
}
