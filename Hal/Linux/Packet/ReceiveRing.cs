namespace RouterOS.Linux.Packet;

/// <summary>Walks the slots of a TPACKET_V2 receive ring and gives each back to the kernel when its frame has been read.</summary>
/// <remarks>Owned by the port's worker.</remarks>
internal sealed unsafe class ReceiveRing(byte* memory, int slotBytes, int slots)
{
    private const uint OwnedByUser = 1;
    private const uint OwnedByKernel = 0;

    private int _slot;

    /// <summary>The frame to be read now, or false when none waits.</summary>
    public bool TryPeek(out RingFrame frame)
    {
        // Safe: the kernel has handed the slot over; it does not change until the kernel gets it back.
        byte* slot = memory + ((nint)_slot * slotBytes);
        frame = new RingFrame(slot);
        return (Volatile.Read(ref *(uint*)slot) & OwnedByUser) != 0;
    }

    /// <summary>Goes past the frame of <see cref="TryPeek"/>; its bytes are the kernel's again.</summary>
    public void Advance()
    {
        // Release: the kernel must not write before our reads are done.
        Volatile.Write(ref *(uint*)(memory + ((nint)_slot * slotBytes)), OwnedByKernel);
        _slot = _slot + 1 == slots ? 0 : _slot + 1;
    }
}
