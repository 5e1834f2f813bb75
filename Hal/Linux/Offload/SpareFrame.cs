using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Linux.Offload;

/// <summary>Holds one received super-frame for which no large buffer was free, and gives it out cut into small ones.</summary>
internal sealed unsafe class SpareFrame : IDisposable
{
    /// <summary>Bytes of the largest frame: an IP packet of 64 KB with link header.</summary>
    public const int Capacity = 65_536 + 64;

    private readonly bool _isEthernet;
    private SuperPacket _super;
    private int _length;
    private int _linkBytes;
    private int _next;

    /// <summary>Empty, for Ethernet frames or bare IP packets.</summary>
    public SpareFrame(bool isEthernet)
    {
        _isEthernet = isEthernet;
        // Safe: freed in Dispose, after the worker has stopped.
        Memory = (byte*)NativeMemory.Alloc(Capacity);
    }

    /// <summary>Where a frame is written before <see cref="TryHold"/>.</summary>
    public byte* Memory { get; }

    /// <summary>Packets that are still to be taken.</summary>
    public int Left => _super.Count - _next;

    /// <summary>Takes the frame in <see cref="Memory"/>; false when it cannot be cut.</summary>
    public bool TryHold(int length, in VirtioNetHeader offload)
    {
        ReadOnlySpan<byte> frame = new(Memory, length);
        _length = length;
        _linkBytes = IncomingFrame.LinkBytes(frame, _isEthernet);
        _next = 0;
        return IncomingFrame.TryParse(frame, offload, _linkBytes, out _super);
    }

    /// <summary>The next packet in a buffer of its own; 0 when none is free.</summary>
    public nint Take(PacketPools pools)
    {
        int bytes = _linkBytes + _super.LengthOf(_next);
        nint handle = pools.Rent(bytes);
        if (handle != 0)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Length = bytes;
            ReadOnlySpan<byte> frame = new(Memory, _length);
            frame[.._linkBytes].CopyTo(packet.Data);
            _super.Write(frame[_linkBytes..], _next, packet.Data[_linkBytes..]);
            _next++;
        }

        return handle;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(Memory);
}
