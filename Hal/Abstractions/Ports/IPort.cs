using RouterOS.Packets;

namespace RouterOS.Abstractions.Ports;

/// <summary>One port of the chassis: moves whole frames between a wire and packet buffers.</summary>
/// <remarks>
/// Receive and transmit are called by one worker's thread only. A port may receive a super-packet: a large buffer with
/// <see cref="PacketBuffer.SegmentBytes"/> and <see cref="PacketBuffer.SegmentCount"/> set, which the graph checks and carries whole as
/// far as it can. A port may send consecutive packets of one call merged, where its device cuts them again.
/// </remarks>
public interface IPort : IDisposable
{
    /// <summary>Link layer of the port's frames.</summary>
    PortLink Link { get; }

    /// <summary>The port's own Ethernet address, 6 bytes; empty for a link without addresses.</summary>
    ReadOnlyMemory<byte> LinkAddress { get; }

    /// <summary>Largest network-layer packet in bytes.</summary>
    int Mtu { get; }

    /// <summary>True while the wire carries frames.</summary>
    bool IsUp { get; }

    /// <summary>Descriptor that poll(2) reports readable when frames wait; -1 for a port that calls <see cref="WakeUp"/> instead.</summary>
    int PollDescriptor { get; }

    /// <summary>Called by the port, on any thread, when frames wait and <see cref="PollDescriptor"/> is -1. Set by the worker.</summary>
    Action? WakeUp { get; set; }

    /// <summary>Super-packets that <see cref="Transmit"/> takes whole.</summary>
    PortOffloads Offloads => PortOffloads.None;

    /// <summary>Fills <paramref name="packets"/> with handles of received frames, rented from <paramref name="pools"/>; returns how many. Never blocks.</summary>
    int Receive(Span<nint> packets, PacketPools pools);

    /// <summary>Sends the frames and returns how many were taken, from the front; the worker drops and counts the rest. Never blocks, never keeps a handle.</summary>
    int Transmit(ReadOnlySpan<nint> packets);

    /// <summary>What the driver counted beyond frames and bytes: drops by the wire's own queues.</summary>
    PortCounters ReadCounters();
}
