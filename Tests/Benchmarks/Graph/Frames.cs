using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Benchmarks.Graph;

/// <summary>Frames of 64 bytes in native memory, one per flow and in random order, to addresses that the routes cover.</summary>
internal sealed unsafe class Frames : IDisposable
{
    public const int Bytes = 64;

    public Frames(int flows, ReadOnlySpan<byte> destination, RouteSet routes, Numbers random)
    {
        // Whole vectors, so that every run of 256 is there.
        Count = Math.Max(flows, 4096);
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)Count * Bytes, 64);
        for (int i = 0; i < Count; i++)
        {
            int flow = i % flows;
            Span<byte> frame = new(Start + ((nint)i * Bytes), Bytes);
            frame.Clear();
            destination.CopyTo(frame);
            frame[6] = 2;
            frame[11] = 0x77;
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
            uint to = i < flows ? routes.AddressWithin(random) : BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(Start + ((nint)flow * Bytes) + 30, 4));
            Ipv4Header.Write(frame[14..], Bytes - 14, IpProtocol.Udp, 0x0A010000 | (uint)(flow & 0xffff), to);
            BinaryPrimitives.WriteUInt16BigEndian(frame[34..], (ushort)(1024 + (flow >> 16)));
            BinaryPrimitives.WriteUInt16BigEndian(frame[36..], 9);
            BinaryPrimitives.WriteUInt16BigEndian(frame[38..], Bytes - 34);
        }
    }

    public int Count { get; }

    public byte* Start { get; }

    public void Dispose() => NativeMemory.AlignedFree(Start);
}
