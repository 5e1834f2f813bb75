using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Datagram;

/// <summary>
/// Datagrams on their way to a UDP socket: consecutive ones of equal size to one peer leave as one message that the kernel cuts
/// (UDP_SEGMENT), all of a batch with one system call.
/// </summary>
/// <remarks>Payloads are not copied: they stay where they are until <see cref="Send"/>. Owned by one worker's thread.</remarks>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Most datagrams of one message (UDP_MAX_SEGMENTS of the kernels before 6.6).</summary>
    public const int MaxSegments = 64;

    private const int MaxMessages = 64;
    private const int MaxSlices = 256;
    private const int MaxPayload = 65_000;
    private const int AddressBytes = 16;

    // Two control messages: the service byte, then the segment size; the first is there always.
    private const int ControlSpace = 24;
    private const int ControlStride = 2 * ControlSpace;

    private readonly MessageHeader* _messages;
    private readonly BufferSlice* _slices;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private int _count;
    private int _slice;
    private int _segmentBytes;
    private int _payload;
    private bool _isClosed;

    /// <summary>Empty; without merging, every datagram leaves alone.</summary>
    public DatagramBatch(bool isMerging = true)
    {
        IsMerging = isMerging;
        // Safe: freed in Dispose, after the worker has stopped.
        _messages = (MessageHeader*)NativeMemory.AllocZeroed(MaxMessages, (nuint)sizeof(MessageHeader));
        _slices = (BufferSlice*)NativeMemory.AllocZeroed(MaxSlices, (nuint)sizeof(BufferSlice));
        _addresses = (byte*)NativeMemory.AllocZeroed(MaxMessages, AddressBytes);
        _controls = (byte*)NativeMemory.AllocZeroed(MaxMessages, ControlStride);
    }

    /// <summary>False while every datagram leaves alone, also because the kernel refused to cut.</summary>
    public bool IsMerging { get; private set; }

    /// <summary>Messages so far.</summary>
    public int Count => _count;

    /// <summary>A message as it would be sent.</summary>
    public ref readonly MessageHeader this[int message] => ref _messages[message];

    /// <summary>Adds one datagram; false when the batch is full and has to be sent first.</summary>
    public bool TryAdd(byte* payload, int bytes, uint address, ushort port, byte service)
    {
        if (_slice == MaxSlices)
        {
            return false;
        }

        ulong peer = Peer(address, port);
        bool joins = IsMerging && _count > 0 && !_isClosed && bytes <= _segmentBytes && bytes > 0 && _payload + bytes <= MaxPayload
            && *(ulong*)Address(_count - 1) == peer && Control(_count - 1)[16] == service;
        if (!joins)
        {
            if (_count == MaxMessages)
            {
                return false;
            }

            Start(peer, bytes, service);
        }

        _slices[_slice].Start = payload;
        _slices[_slice++].Bytes = (nuint)bytes;
        ref MessageHeader message = ref _messages[_count - 1];
        message.SliceCount++;
        if (joins)
        {
            _payload += bytes;
            _isClosed = bytes < _segmentBytes || message.SliceCount == MaxSegments;
            message.ControlBytes = ControlStride;
        }

        return true;
    }

    /// <summary>Sends what was added and empties the batch; returns how many datagrams were lost.</summary>
    public int Send(int socket)
    {
        int lost = 0;
        for (int sent = 0; sent < _count;)
        {
            int taken = Libc.SendMany(socket, _messages + sent, (uint)(_count - sent), Libc.MsgDontwait);
            if (taken > 0)
            {
                sent += taken;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is Libc.Eagain or Libc.Enobufs)
            {
                for (; sent < _count; sent++)
                {
                    lost += (int)_messages[sent].SliceCount;
                }

                break;
            }

            // Only this message was refused: too large, no route, or a device behind which the kernel does not cut.
            lost += _messages[sent].SliceCount > 1 ? SendApart(socket, ref _messages[sent], error) : 1;
            sent++;
        }

        _count = 0;
        _slice = 0;
        return lost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_slices);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
    }

    private void Start(ulong peer, int bytes, byte service)
    {
        byte* address = Address(_count);
        *(ulong*)address = peer;
        byte* control = Control(_count);
        WriteControl(control, Libc.SolIp, Libc.IpTos, sizeof(int));
        *(int*)(control + 16) = service;
        WriteControl(control + ControlSpace, Libc.SolUdp, Libc.UdpSegment, sizeof(ushort));
        *(ushort*)(control + ControlSpace + 16) = (ushort)bytes;
        _messages[_count] = new MessageHeader
        {
            Address = address,
            AddressBytes = AddressBytes,
            Slices = _slices + _slice,
            Control = control,
            ControlBytes = ControlSpace,
        };
        _segmentBytes = bytes;
        _payload = bytes;
        _isClosed = false;
        _count++;
    }

    // The kernel would not cut it: each datagram for itself. Too large for the path is no reason to stop merging.
    private int SendApart(int socket, ref MessageHeader whole, int error)
    {
        IsMerging &= error is not (Libc.Einval or Libc.Eio);
        int lost = 0;
        for (nuint i = 0; i < whole.SliceCount; i++)
        {
            MessageHeader one = whole;
            one.Slices = whole.Slices + i;
            one.SliceCount = 1;
            one.ControlBytes = ControlSpace;
            lost += Libc.SendMany(socket, &one, 1, Libc.MsgDontwait) == 1 ? 0 : 1;
        }

        return lost;
    }

    private static void WriteControl(byte* control, int level, int type, int bytes)
    {
        // struct cmsghdr.
        *(nuint*)control = (nuint)(16 + bytes);
        *(int*)(control + 8) = level;
        *(int*)(control + 12) = type;
    }

    // The first eight bytes of a sockaddr_in.
    private static ulong Peer(uint address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[8];
        MemoryMarshal.Write(bytes, (ushort)Libc.AfInet);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], address);
        return MemoryMarshal.Read<ulong>(bytes);
    }

    private byte* Address(int message) => _addresses + (message * AddressBytes);

    private byte* Control(int message) => _controls + (message * ControlStride);
}
