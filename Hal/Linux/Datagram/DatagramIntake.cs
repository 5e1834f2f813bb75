using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Datagram;

/// <summary>Places for some datagrams that one recvmmsg(2) fills, with their senders and what the kernel says of them.</summary>
/// <remarks>Owned by one worker's thread.</remarks>
internal sealed unsafe class DatagramIntake : IDisposable
{
    private const int AddressBytes = 16;
    private const int ControlBytes = 64;
    private const int ControlHeader = 16;
    private const int SlicesPerMessage = 2;

    private readonly int _places;
    private readonly MessageHeader* _messages;
    private readonly BufferSlice* _slices;
    private readonly byte* _addresses;
    private readonly byte* _controls;

    /// <summary>With so many places.</summary>
    public DatagramIntake(int places)
    {
        _places = places;
        // Safe: freed in Dispose, after the worker has stopped.
        _messages = (MessageHeader*)NativeMemory.AllocZeroed((nuint)places, (nuint)sizeof(MessageHeader));
        _slices = (BufferSlice*)NativeMemory.AllocZeroed((nuint)(places * SlicesPerMessage), (nuint)sizeof(BufferSlice));
        _addresses = (byte*)NativeMemory.AllocZeroed((nuint)places, AddressBytes);
        _controls = (byte*)NativeMemory.AllocZeroed((nuint)places, ControlBytes);
    }

    /// <summary>Sets where a datagram is written: its front, then the rest (no bytes: there is no room for more).</summary>
    public void SetPlace(int place, byte* front, int frontBytes, byte* rest, int restBytes)
    {
        BufferSlice* slices = _slices + (place * SlicesPerMessage);
        slices[0].Start = front;
        slices[0].Bytes = (nuint)frontBytes;
        slices[1].Start = rest;
        slices[1].Bytes = (nuint)restBytes;
        _messages[place] = new MessageHeader
        {
            Address = _addresses + (place * AddressBytes),
            AddressBytes = AddressBytes,
            Slices = slices,
            SliceCount = (nuint)(restBytes > 0 ? 2 : 1),
            Control = _controls + (place * ControlBytes),
            ControlBytes = ControlBytes,
        };
    }

    /// <summary>Receives into the first so many places; returns how many were filled. Never blocks.</summary>
    public int Receive(int socket, int places)
    {
        int count = Libc.ReceiveMany(socket, _messages, (uint)Math.Min(places, _places), Libc.MsgDontwait, null);
        if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Eagain)
        {
            // An error that waited on the socket is told once.
            count = Libc.ReceiveMany(socket, _messages, (uint)Math.Min(places, _places), Libc.MsgDontwait, null);
        }

        return Math.Max(count, 0);
    }

    /// <summary>Bytes of a datagram.</summary>
    public int BytesOf(int place) => (int)_messages[place].Bytes;

    /// <summary>True when the datagram did not fit.</summary>
    public bool IsCut(int place) => (_messages[place].Flags & Libc.MsgTrunc) != 0;

    /// <summary>The sender's IPv4 address.</summary>
    public uint SourceOf(int place) => BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(_addresses + (place * AddressBytes) + 4, 4));

    /// <summary>The sender's port.</summary>
    public ushort SourcePortOf(int place) =>
        BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(_addresses + (place * AddressBytes) + 2, 2));

    /// <summary>Reads a datagram's control messages: bytes of each datagram that was joined (0: it is one), and the service byte.</summary>
    // Safe: the kernel has written so many bytes there.
    public void ReadControl(int place, out int segmentBytes, out byte service) => ReadControl(
        new ReadOnlySpan<byte>(_messages[place].Control, (int)Math.Min(_messages[place].ControlBytes, ControlBytes)), out segmentBytes, out service);

    /// <summary>Reads control messages (struct cmsghdr: length, level, type, then the value).</summary>
    public static void ReadControl(ReadOnlySpan<byte> control, out int segmentBytes, out byte service)
    {
        segmentBytes = 0;
        service = 0;
        while (control.Length > ControlHeader)
        {
            ulong length = MemoryMarshal.Read<ulong>(control);
            int level = MemoryMarshal.Read<int>(control[8..]);
            int type = MemoryMarshal.Read<int>(control[12..]);
            if (length <= ControlHeader || length > (ulong)control.Length)
            {
                return;
            }

            if (level == Libc.SolUdp && type == Libc.UdpGro && length >= ControlHeader + sizeof(int))
            {
                segmentBytes = Math.Clamp(MemoryMarshal.Read<int>(control[ControlHeader..]), 0, ushort.MaxValue);
            }
            else if (level == Libc.SolIp && type == Libc.IpTos)
            {
                service = control[ControlHeader];
            }

            control = control[(int)Math.Min(((long)length + 7) & ~7, control.Length)..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_slices);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
    }
}
