using System.Buffers.Binary;
using RouterOS.Linux.Datagram;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;
using RouterOS.Packets;

namespace RouterOS.Linux.Host;

/// <summary>
/// One claimed UDP port: datagrams that the kernel has joined (UDP_GRO) become super-packets with an IPv4 and a UDP header before them,
/// and what the router sends from the port leaves joined (UDP_SEGMENT).
/// </summary>
/// <remarks>Owned by one worker's thread.</remarks>
internal sealed unsafe class UdpChannel : IDisposable
{
    private const int Places = 8;
    private const int Headers = Ipv4Header.MinimumLength + UdpHeader.Length;
    private const int SmallBytes = 1600;
    private const int MaxPayload = ushort.MaxValue - Headers;

    private readonly uint _address;
    private readonly DatagramIntake _intake = new(Places);
    private readonly DatagramBatch _batch = new();
    private readonly SpareFrame _spare = new(isEthernet: false);
    private readonly nint[] _small = new nint[Places];
    private readonly nint[] _large = new nint[Places];
    private bool _dontFragment = true;
    private ulong _receiveDrops;
    private ulong _transmitDrops;

    /// <param name="socket">Bound, owned from here on, with IP_MTU_DISCOVER set to PROBE.</param>
    /// <param name="address">The address it is bound to.</param>
    /// <param name="port">The port.</param>
    public UdpChannel(int socket, uint address, ushort port)
    {
        Socket = socket;
        _address = address;
        Port = port;
    }

    public int Socket { get; }

    public ushort Port { get; }

    public ulong ReceiveDrops => Volatile.Read(ref _receiveDrops);

    public ulong TransmitDrops => Volatile.Read(ref _transmitDrops);

    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        while (count < packets.Length)
        {
            if (_spare.Left > 0)
            {
                packets[count] = _spare.Take(pools);
                if (packets[count] == 0)
                {
                    break;
                }

                count++;
                continue;
            }

            int places = Prepare(Math.Min(Places, packets.Length - count), pools, count == 0);
            int received = places == 0 ? 0 : _intake.Receive(Socket, places);
            for (int i = 0; i < places; i++)
            {
                nint packet = i < received ? Finish(i) : 0;
                if (packet != 0)
                {
                    packets[count++] = packet;
                }

                Return(pools, _small[i], packet);
                Return(pools, _large[i], packet);
            }

            if (received < places || places == 0)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Takes a UDP packet of the router's own for <see cref="Flush"/>; the packet must stay as it is until then.</summary>
    public void Add(byte* ip, int length)
    {
        bool dontFragment = (ip[6] & 0x40) != 0;
        if (dontFragment != _dontFragment)
        {
            // The bit belongs to the socket, so what was added before goes first.
            Flush();
            int mode = dontFragment ? Libc.IpPmtuDiscProbe : Libc.IpPmtuDiscDont;
            _ = Libc.SetOption(Socket, Libc.SolIp, Libc.IpMtuDiscover, &mode, sizeof(int));
            _dontFragment = dontFragment;
        }

        uint address = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(ip + 16, 4));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(ip + 22, 2));
        if (!_batch.TryAdd(ip + Headers, length - Headers, address, port, ip[1]))
        {
            Flush();
            _ = _batch.TryAdd(ip + Headers, length - Headers, address, port, ip[1]);
        }
    }

    public void Flush() => _transmitDrops += _batch.Count == 0 ? 0u : (uint)_batch.Send(Socket);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(Socket);
        _intake.Dispose();
        _batch.Dispose();
        _spare.Dispose();
    }

    private static void Return(PacketPools pools, nint buffer, nint used)
    {
        if (buffer != 0 && buffer != used)
        {
            pools.Return(buffer);
        }
    }

    // Each place is a small buffer with a large one behind it; without a large one the spare serves one place.
    private int Prepare(int wanted, PacketPools pools, bool isFirst)
    {
        int places = 0;
        for (; places < wanted; places++)
        {
            nint small = pools.Rent(SmallBytes);
            nint large = small == 0 ? 0 : pools.Rent(SpareFrame.Capacity);
            bool withSpare = small != 0 && large == 0 && isFirst && places == 0;
            if (small == 0 || (large == 0 && !withSpare))
            {
                Return(pools, small, 0);
                break;
            }

            _small[places] = small;
            _large[places] = large;
            // Safe: both have room for a datagram of 64 KB, and headers go before the front or into the headroom.
            byte* whole = withSpare ? _spare.Memory + Headers : PacketBuffer.At(large).Start;
            _intake.SetPlace(
                places, PacketBuffer.At(small).Start, SmallBytes, whole + SmallBytes, SpareFrame.Capacity - Headers - SmallBytes);
            if (withSpare)
            {
                return 1;
            }
        }

        return places;
    }

    // The buffer that holds the packet now; 0 for one that is dropped or went to the spare.
    private nint Finish(int place)
    {
        int bytes = _intake.BytesOf(place);
        _intake.ReadControl(place, out int segmentBytes, out byte service);
        if (bytes > MaxPayload || _intake.IsCut(place))
        {
            _receiveDrops++;
            return 0;
        }

        nint buffer = _small[place];
        byte* front = PacketBuffer.At(buffer).Start;
        if (bytes > SmallBytes)
        {
            buffer = _large[place];
            byte* whole = buffer != 0 ? PacketBuffer.At(buffer).Start : _spare.Memory + Headers;
            Buffer.MemoryCopy(front, whole, SmallBytes, SmallBytes);
        }

        bool isSuper = segmentBytes > 0 && segmentBytes < bytes;
        if (buffer == 0)
        {
            HoldSpare(place, bytes, isSuper ? segmentBytes : 0, service);
            return 0;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(buffer);
        packet.Length = bytes;
        WriteHeaders(new Span<byte>(packet.Push(Headers), Headers), place, bytes, service);
        if (isSuper)
        {
            packet.SegmentBytes = (ushort)segmentBytes;
            packet.SegmentCount = (ushort)((bytes + segmentBytes - 1) / segmentBytes);
        }

        return buffer;
    }

    private void HoldSpare(int place, int bytes, int segmentBytes, byte service)
    {
        WriteHeaders(new Span<byte>(_spare.Memory, Headers), place, bytes, service);
        Span<byte> virtio = stackalloc byte[VirtioNetHeader.Length];
        VirtioNetHeader.WriteSuper(virtio, isTcp: false, isCongested: false, Headers, segmentBytes, Ipv4Header.MinimumLength);
        _receiveDrops += _spare.TryHold(Headers + bytes, new VirtioNetHeader(virtio)) ? 0u : 1;
    }

    // The kernel has verified the checksum: 0 says that there is none to verify again.
    private void WriteHeaders(Span<byte> headers, int place, int bytes, byte service)
    {
        Ipv4Header.Write(headers, Headers + bytes, IpProtocol.Udp, _intake.SourceOf(place), _address, dontFragment: true, tos: service);
        Span<byte> udp = headers[Ipv4Header.MinimumLength..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, _intake.SourcePortOf(place));
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpHeader.Length + bytes));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
    }
}
