using RouterOS.Linux.Datagram;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Host;

/// <summary>One claimed IP protocol: whole IPv4 packets from a raw socket, whose being there keeps the kernel from answering them.</summary>
/// <remarks>Owned by one worker's thread.</remarks>
internal sealed unsafe class RawChannel(int socket) : IDisposable
{
    private const int Places = 32;

    private readonly DatagramIntake _intake = new(Places);
    private readonly nint[] _buffers = new nint[Places];
    private ulong _receiveDrops;

    public int Socket => socket;

    public ulong ReceiveDrops => Volatile.Read(ref _receiveDrops);

    /// <summary>Receives; <paramref name="largest"/> is the largest packet that can be taken.</summary>
    public int Receive(Span<nint> packets, PacketPools pools, int largest)
    {
        int count = 0;
        while (count < packets.Length)
        {
            int places = 0;
            for (; places < Math.Min(Places, packets.Length - count); places++)
            {
                _buffers[places] = pools.Rent(largest);
                if (_buffers[places] == 0)
                {
                    break;
                }

                _intake.SetPlace(places, PacketBuffer.At(_buffers[places]).Start, largest, null, 0);
            }

            int received = places == 0 ? 0 : _intake.Receive(socket, places);
            for (int i = 0; i < places; i++)
            {
                if (i >= received || _intake.IsCut(i))
                {
                    _receiveDrops += i < received ? 1u : 0;
                    pools.Return(_buffers[i]);
                    continue;
                }

                PacketBuffer.At(_buffers[i]).Length = _intake.BytesOf(i);
                packets[count++] = _buffers[i];
            }

            if (received < places || places == 0)
            {
                break;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(socket);
        _intake.Dispose();
    }
}
