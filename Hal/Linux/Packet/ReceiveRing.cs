namespace RouterOS.Linux.Packet;

/// <summary>Walks the blocks of a TPACKET_V3 receive ring and gives each back to the kernel when its frames have been read.</summary>
/// <remarks>Owned by the port's worker.</remarks>
internal sealed unsafe class ReceiveRing(byte* memory, int blockBytes, int blocks)
{
    // struct tpacket_block_desc with its tpacket_hdr_v1.
    private const int StatusOffset = 8;
    private const int FrameCountOffset = 12;
    private const int FirstFrameOffset = 16;
    private const uint OwnedByUser = 1;
    private const uint OwnedByKernel = 0;

    private int _block;
    private uint _left;
    private byte* _next;

    /// <summary>The frame to be read now, or false when none waits.</summary>
    public bool TryPeek(out RingFrame frame)
    {
        while (_left == 0)
        {
            byte* block = Block;
            if ((Volatile.Read(ref *(uint*)(block + StatusOffset)) & OwnedByUser) == 0)
            {
                frame = default;
                return false;
            }

            _left = *(uint*)(block + FrameCountOffset);
            _next = block + *(uint*)(block + FirstFrameOffset);
            if (_left == 0)
            {
                // A block that was closed by its timer without a frame.
                ReturnBlock();
            }
        }

        // Safe: the kernel has handed the block over; its frames do not change until it gets it back.
        frame = new RingFrame(_next);
        return true;
    }

    /// <summary>Goes past the frame of <see cref="TryPeek"/>; its bytes are the kernel's again.</summary>
    public void Advance()
    {
        uint offset = new RingFrame(_next).NextOffset;
        if (--_left == 0)
        {
            ReturnBlock();
        }
        else
        {
            _next += offset;
        }
    }

    private byte* Block => memory + ((nint)_block * blockBytes);

    private void ReturnBlock()
    {
        // Release: the kernel must not write before our reads are done.
        Volatile.Write(ref *(uint*)(Block + StatusOffset), OwnedByKernel);
        _block = _block + 1 == blocks ? 0 : _block + 1;
    }
}
