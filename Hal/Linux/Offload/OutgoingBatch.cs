using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Offload;

/// <summary>
/// Turns packets into messages for a device that cuts super-packets: each message is a virtio header and one frame, a super-packet, or a
/// train of packets that leave as one.
/// </summary>
/// <remarks>
/// The payload is not copied: a train is the first packet's headers, patched in a copy, and the others' payload where it lies. Owned by
/// one worker's thread; the packets must stay as they are until the messages have been sent.
/// </remarks>
internal sealed unsafe class OutgoingBatch : IDisposable
{
    /// <summary>Most messages of one fill.</summary>
    public const int MaxMessages = 64;

    private const int MaxSlices = 1024;

    // Most slices of one message: one for the headers and one for each packet of a batch, below IOV_MAX.
    private const int MaxTrain = 256;
    private const int HeaderStride = 192;
    private const int IpHeader = 20;

    private readonly int _linkBytes;
    private readonly MessageHeader* _messages;
    private readonly BufferSlice* _slices;
    private readonly byte* _headers;
    private readonly int* _packets;
    private int _slice;

    /// <summary>For frames with <paramref name="linkBytes"/> of link header: 14 for Ethernet, 0 for bare IP.</summary>
    public OutgoingBatch(int linkBytes)
    {
        _linkBytes = linkBytes;
        // Safe: freed in Dispose, after the worker has stopped.
        _messages = (MessageHeader*)NativeMemory.AllocZeroed(MaxMessages, (nuint)sizeof(MessageHeader));
        _slices = (BufferSlice*)NativeMemory.AllocZeroed(MaxSlices + MaxTrain, (nuint)sizeof(BufferSlice));
        _headers = (byte*)NativeMemory.AlignedAlloc(MaxMessages * HeaderStride, 64);
        _packets = (int*)NativeMemory.AllocZeroed(MaxMessages, sizeof(int));
    }

    /// <summary>What the device cuts; other packets leave alone.</summary>
    public PortOffloads Offloads { get; set; } = PortOffloads.TcpSegmentation | PortOffloads.UdpSegmentation;

    /// <summary>Messages of the last fill, as sendmmsg takes them.</summary>
    public MessageHeader* Messages => _messages;

    /// <summary>How many they are.</summary>
    public int Count { get; private set; }

    /// <summary>Handles that one message holds.</summary>
    public int PacketsOf(int message) => _packets[message];

    /// <summary>Makes messages of as many packets as fit, from the front; returns how many packets they hold.</summary>
    public int Fill(ReadOnlySpan<nint> packets)
    {
        Count = 0;
        _slice = 0;
        int done = 0;
        while (done < packets.Length && Count < MaxMessages && _slice < MaxSlices)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(packets[done]);
            int taken = 1;
            if (packet.SegmentBytes != 0)
            {
                AddSuper(ref packet);
            }
            else
            {
                taken = Offloads != PortOffloads.None && done + 1 < packets.Length ? AddTrain(packets[done..]) : 1;
                if (taken == 1)
                {
                    AddWhole(ref packet);
                }
            }

            _packets[Count - 1] = taken;
            done += taken;
        }

        return done;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_slices);
        NativeMemory.AlignedFree(_headers);
        NativeMemory.Free(_packets);
    }

    private void AddWhole(ref PacketBuffer packet)
    {
        byte* virtio = StartMessage(ref packet);
        VirtioNetHeader.WriteWhole(new Span<byte>(virtio, VirtioNetHeader.Length));
    }

    private void AddSuper(ref PacketBuffer packet)
    {
        byte* virtio = StartMessage(ref packet);
        Span<byte> ip = packet.Data[Math.Min(_linkBytes, packet.Length)..];
        if (!SuperPacket.TryParse(ip, packet.SegmentBytes, out SuperPacket super) || super.Count == 1)
        {
            // Nothing that can be cut: the device takes it or not.
            VirtioNetHeader.WriteWhole(new Span<byte>(virtio, VirtioNetHeader.Length));
            return;
        }

        int header = (ip[0] & 0x0f) * 4;
        Finish(virtio, packet.Start + _linkBytes, header, super.HeaderBytes, super.SegmentBytes, Ip4Length(ip), super.IsTcp);
    }

    // Returns how many packets joined; 1 when the first is to leave alone.
    private int AddTrain(ReadOnlySpan<nint> packets)
    {
        ref PacketBuffer first = ref PacketBuffer.At(packets[0]);
        byte* frame = first.Start;
        if (first.Length <= _linkBytes || !HasIpv4(frame) 
            || !SegmentTrain.TryStart(frame + _linkBytes, first.Length - _linkBytes, out SegmentTrain train)
            || (Offloads & (train.IsTcp ? PortOffloads.TcpSegmentation : PortOffloads.UdpSegmentation)) == 0)
        {
            return 1;
        }

        int limit = Math.Min(packets.Length, MaxTrain);
        int front = _linkBytes + train.HeaderBytes;
        BufferSlice* slices = _slices + _slice;
        while (train.Count < limit)
        {
            ref PacketBuffer next = ref PacketBuffer.At(packets[train.Count]);
            int index = train.Count;
            if (next.SegmentBytes != 0 || next.Length <= front || !SameLink(frame, next.Start)
                || !train.TryAdd(next.Start + _linkBytes, next.Length - _linkBytes))
            {
                break;
            }

            slices[index + 1].Start = next.Start + front;
            slices[index + 1].Bytes = (nuint)(next.Length - front);
        }

        if (train.Count == 1)
        {
            return 1;
        }

        byte* scratch = _headers + (Count * HeaderStride);
        byte* ip = scratch + VirtioNetHeader.Length + _linkBytes;
        Unsafe.CopyBlockUnaligned(scratch + VirtioNetHeader.Length, frame, (uint)front);
        int total = train.HeaderBytes + train.PayloadBytes;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(ip + 2, 2), (ushort)total);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(ip + 10, 2), 0);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(ip + 10, 2), InternetChecksum.Compute(new ReadOnlySpan<byte>(ip, IpHeader)));
        if (train.IsTcp)
        {
            ip[IpHeader + 13] |= train.LastFlags;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(ip + IpHeader + 4, 2), (ushort)(total - IpHeader));
        }

        Finish(scratch, ip, IpHeader, train.HeaderBytes, train.SegmentBytes, total, train.IsTcp);
        slices[0].Start = scratch;
        slices[0].Bytes = (nuint)(VirtioNetHeader.Length + front);
        slices[1].Start = frame + front;
        slices[1].Bytes = (nuint)train.SegmentBytes;
        AddMessage(train.Count + 1);
        return train.Count;
    }

    // One message with the packet as it is, the virtio header in the headroom before it; returns where that lies.
    private byte* StartMessage(ref PacketBuffer packet)
    {
        BufferSlice* slices = _slices + _slice;
        byte* start = packet.Start;
        if (packet.Headroom >= VirtioNetHeader.Length)
        {
            byte* virtio = start - VirtioNetHeader.Length;
            slices[0].Start = virtio;
            slices[0].Bytes = (nuint)(VirtioNetHeader.Length + packet.Length);
            AddMessage(1);
            return virtio;
        }

        byte* apart = _headers + (Count * HeaderStride);
        slices[0].Start = apart;
        slices[0].Bytes = VirtioNetHeader.Length;
        slices[1].Start = start;
        slices[1].Bytes = (nuint)packet.Length;
        AddMessage(2);
        return apart;
    }

    private void AddMessage(int slices)
    {
        _messages[Count].Slices = _slices + _slice;
        _messages[Count].SliceCount = (nuint)slices;
        _slice += slices;
        Count++;
    }

    // Writes the virtio header, and into the transport's checksum field what the device wants there: the pseudo header's sum.
    private void Finish(byte* virtio, byte* ip, int ipHeader, int headers, int segmentBytes, int total, bool isTcp)
    {
        byte* transport = ip + ipHeader;
        uint pseudo = InternetChecksum.PseudoHeader(
            BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(ip + 12, 4)),
            BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(ip + 16, 4)),
            ip[9],
            total - ipHeader);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(transport + (isTcp ? 16 : 6), 2), (ushort)~InternetChecksum.Fold(pseudo));
        bool isCongested = isTcp && (transport[13] & 0x80) != 0;
        VirtioNetHeader.WriteSuper(
            new Span<byte>(virtio, VirtioNetHeader.Length), isTcp, isCongested, _linkBytes + headers, segmentBytes, _linkBytes + ipHeader);
    }

    private bool HasIpv4(byte* frame) => _linkBytes == 0 || (frame[12] == 0x08 && frame[13] == 0x00);

    private bool SameLink(byte* one, byte* other) =>
        _linkBytes == 0 || new ReadOnlySpan<byte>(one, _linkBytes).SequenceEqual(new ReadOnlySpan<byte>(other, _linkBytes));

    private static int Ip4Length(ReadOnlySpan<byte> ip) => BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
}
