using RouterOS.Packets;

namespace RouterOS.Abstractions.Ports;

/// <summary>One port of the chassis: moves whole frames between a wire and packet buffers.</summary>
/// <remarks>
/// <para>Receive and transmit of one queue are called by one worker's thread only. A port with one queue needs nothing but the members
/// without a queue. A port may receive a super-packet: a large buffer with <see cref="PacketBuffer.SegmentBytes"/> and
/// <see cref="PacketBuffer.SegmentCount"/> set, which the graph checks and carries whole as far as it can. A port may send consecutive
/// packets of one call merged, where its device cuts them again.</para>
/// <para>A port with several queues receives and transmits on them at the same time, each from the thread of its own worker: queue
/// <c>q</c> is worker <c>q</c>'s. Whatever the queues share (<see cref="ReadCounters"/>, <see cref="IsUp"/>) bears being read from any
/// thread. The wire spreads frames over the queues as it likes, as long as the frames of one flow keep to one.</para>
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

    /// <summary>Super-packets that <see cref="Transmit(ReadOnlySpan{nint})"/> takes whole.</summary>
    PortOffloads Offloads => PortOffloads.None;

    /// <summary>Fills <paramref name="packets"/> with handles of received frames, rented from <paramref name="pools"/>; returns how many. Never blocks.</summary>
    int Receive(Span<nint> packets, PacketPools pools);

    /// <summary>Sends the frames and returns how many were taken, from the front; the worker drops and counts the rest. Never blocks, never keeps a handle.</summary>
    int Transmit(ReadOnlySpan<nint> packets);

    /// <summary>Queues that workers can serve at the same time: from 1 to the number that <see cref="IPortDriver.Open(string, string, int)"/> was asked for.</summary>
    int Queues => 1;

    /// <summary><see cref="PollDescriptor"/> of one queue.</summary>
    int PollDescriptorOf(int queue) => PollDescriptor;

    /// <summary>Sets <see cref="WakeUp"/> of one queue.</summary>
    void SetWakeUp(int queue, Action? wakeUp) => WakeUp = wakeUp;

    /// <summary><see cref="Receive(Span{nint}, PacketPools)"/> from one queue.</summary>
    int Receive(int queue, Span<nint> packets, PacketPools pools) => Receive(packets, pools);

    /// <summary><see cref="Transmit(ReadOnlySpan{nint})"/> by one queue.</summary>
    int Transmit(int queue, ReadOnlySpan<nint> packets) => Transmit(packets);

    /// <summary>One sentence for the log about what the port shares with others; empty when there is nothing to say.</summary>
    string Notice => "";

    /// <summary>What the driver counted beyond frames and bytes: drops by the wire's own queues.</summary>
    PortCounters ReadCounters();
}
