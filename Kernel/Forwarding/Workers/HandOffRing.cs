using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Workers;

/// <summary>Packets on their way from one worker to another: a lock-free ring in native memory, one writer and one reader.</summary>
/// <remarks>
/// Each side keeps a copy of the other's position and reads the shared one only when the copy does not do, so that the lines
/// move between the cores once per batch, not per packet.
/// </remarks>
internal sealed unsafe class HandOffRing : IDisposable
{
    /// <summary>Packets that fit: what a worker receives in eight rounds.</summary>
    public const int Capacity = 2048;

    private const uint Mask = Capacity - 1;

    // Two lines for each side, because processors fetch lines in pairs.
    private const int SideBytes = 128;

    private readonly nint* _slots;
    private readonly Side* _writer;
    private readonly Side* _reader;

    public HandOffRing()
    {
        // Safe: freed by Dispose after both workers have stopped.
        _slots = (nint*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(nint), 128);
        byte* sides = (byte*)NativeMemory.AlignedAlloc(SideBytes * 2, SideBytes);
        NativeMemory.Clear(sides, SideBytes * 2);
        _writer = (Side*)sides;
        _reader = (Side*)(sides + SideBytes);
    }

    /// <summary>True when packets wait. Any thread.</summary>
    public bool HasWaiting => Volatile.Read(ref _writer->Position) != Volatile.Read(ref _reader->Position);

    /// <summary>Puts packets into the ring from the front; returns how many fit. The writer's thread.</summary>
    public int Write(ReadOnlySpan<nint> packets)
    {
        uint written = _writer->Position;
        uint room = Capacity - (written - _writer->OtherSeen);
        if (room < (uint)packets.Length)
        {
            _writer->OtherSeen = Volatile.Read(ref _reader->Position);
            room = Capacity - (written - _writer->OtherSeen);
        }

        int count = (int)Math.Min(room, (uint)packets.Length);
        for (int i = 0; i < count; i++)
        {
            _slots[(written + (uint)i) & Mask] = packets[i];
        }

        // A release: the slots are stored before the position that shows them.
        Volatile.Write(ref _writer->Position, written + (uint)count);
        return count;
    }

    /// <summary>Takes as many packets as wait and <paramref name="into"/> holds. The reader's thread.</summary>
    public int Read(Span<nint> into)
    {
        uint read = _reader->Position;
        if (_reader->OtherSeen - read < (uint)into.Length)
        {
            _reader->OtherSeen = Volatile.Read(ref _writer->Position);
        }

        int count = (int)Math.Min(_reader->OtherSeen - read, (uint)into.Length);
        if (count == 0)
        {
            return 0;
        }

        for (int i = 0; i < count; i++)
        {
            into[i] = _slots[(read + (uint)i) & Mask];
        }

        Volatile.Write(ref _reader->Position, read + (uint)count);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_slots);
        NativeMemory.AlignedFree(_writer);
    }

    private struct Side
    {
        public uint Position;
        public uint OtherSeen;
    }
}
