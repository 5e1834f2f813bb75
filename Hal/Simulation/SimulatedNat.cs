using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Simulation;

/// <summary>
/// A NAT of address and port in the middle of a link: the one station inside is seen outside by another address, its UDP ports by
/// others. It needs no address of its own: frames keep their link addresses, and ARP is translated too.
/// </summary>
/// <remarks>Only UDP and ARP pass; fragments behind the first have no ports and are dropped.</remarks>
public sealed class SimulatedNat
{
    private const int EthernetBytes = 14;
    private const ushort Ipv4Type = 0x0800;
    private const ushort ArpType = 0x0806;
    private const int UdpChecksum = 6;

    private readonly MemoryPort _inside;
    private readonly MemoryPort _outside;
    private readonly uint _insideAddress;
    private readonly uint _outsideAddress;
    private readonly Dictionary<ushort, ushort> _out = [];
    private readonly Dictionary<ushort, ushort> _in = [];
    private ushort _next = 20000;

    /// <summary>A NAT between two ends of wires.</summary>
    /// <param name="inside">End of the wire to the station inside.</param>
    /// <param name="insideAddress">The station's own address.</param>
    /// <param name="outside">End of the wire to everybody else.</param>
    /// <param name="outsideAddress">The address by which everybody else sees it.</param>
    public SimulatedNat(MemoryPort inside, uint insideAddress, MemoryPort outside, uint outsideAddress)
    {
        ArgumentNullException.ThrowIfNull(inside);
        ArgumentNullException.ThrowIfNull(outside);
        (_inside, _insideAddress, _outside, _outsideAddress) = (inside, insideAddress, outside, outsideAddress);
    }

    /// <summary>Frames that had no way: no mapping, or nothing that this NAT carries.</summary>
    public int Dropped { get; private set; }

    /// <summary>Forgets every mapping: what leaves from now on has new ports.</summary>
    public void Rebind()
    {
        _out.Clear();
        _in.Clear();
        _next = (ushort)(((_next / 1000) + 1) * 1000);
    }

    /// <summary>Carries what has arrived; true when something had.</summary>
    public bool RunOnce()
    {
        bool busy = false;
        while (_inside.Take() is { } frame)
        {
            busy = true;
            Carry(frame, _outside, Leaves(frame));
        }

        while (_outside.Take() is { } frame)
        {
            busy = true;
            Carry(frame, _inside, Enters(frame));
        }

        return busy;
    }

    private static ushort TypeOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));

    private void Carry(byte[] frame, MemoryPort port, bool passes)
    {
        if (passes)
        {
            _ = port.Send(frame);
        }
        else
        {
            Dropped++;
        }
    }

    private bool Leaves(byte[] frame)
    {
        if (TypeOf(frame) == ArpType)
        {
            // The sender's protocol address (RFC 826).
            Translate(frame.AsSpan(EthernetBytes + 14), _insideAddress, _outsideAddress);
            return true;
        }

        if (!TryFindUdp(frame, out Span<byte> ip, out Span<byte> udp))
        {
            return false;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(udp);
        if (!_out.TryGetValue(port, out ushort mapped))
        {
            mapped = _out[port] = _next++;
            _in[mapped] = port;
        }

        Rewrite(ip, 12, udp, 0, _outsideAddress, mapped);
        return true;
    }

    private bool Enters(byte[] frame)
    {
        if (TypeOf(frame) == ArpType)
        {
            // The target's protocol address.
            Translate(frame.AsSpan(EthernetBytes + 24), _outsideAddress, _insideAddress);
            return true;
        }

        if (!TryFindUdp(frame, out Span<byte> ip, out Span<byte> udp)
            || !_in.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(udp[2..]), out ushort port))
        {
            return false;
        }

        Rewrite(ip, 16, udp, 2, _insideAddress, port);
        return true;
    }

    private static void Translate(Span<byte> field, uint from, uint to)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(field) == from)
        {
            BinaryPrimitives.WriteUInt32BigEndian(field, to);
        }
    }

    private static bool TryFindUdp(byte[] frame, out Span<byte> ip, out Span<byte> udp)
    {
        ip = udp = default;
        if (TypeOf(frame) != Ipv4Type || frame.Length < EthernetBytes + Ipv4Header.MinimumLength)
        {
            return false;
        }

        ip = frame.AsSpan(EthernetBytes);
        int header = (ip[0] & 0x0f) * 4;
        bool first = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & Ipv4Header.FragmentOffsetMask) == 0;
        if (ip[9] != (byte)IpProtocol.Udp || !first || ip.Length < header + UdpHeader.Length)
        {
            return false;
        }

        udp = ip[header..];
        return true;
    }

    private static void Rewrite(Span<byte> ip, int addressAt, Span<byte> udp, int portAt, uint address, ushort port)
    {
        uint oldAddress = BinaryPrimitives.ReadUInt32BigEndian(ip[addressAt..]);
        ushort oldPort = BinaryPrimitives.ReadUInt16BigEndian(udp[portAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(ip[addressAt..], address);
        BinaryPrimitives.WriteUInt16BigEndian(udp[portAt..], port);
        BinaryPrimitives.WriteUInt16BigEndian(
            ip[10..], InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(ip[10..]), oldAddress, address));
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(udp[UdpChecksum..]);
        if (checksum != 0)
        {
            // The pseudo header has the address too (RFC 768); a sum of 0 goes as all ones, for 0 means none.
            checksum = InternetChecksum.Update(InternetChecksum.Update(checksum, oldAddress, address), oldPort, port);
            BinaryPrimitives.WriteUInt16BigEndian(udp[UdpChecksum..], checksum == 0 ? ushort.MaxValue : checksum);
        }
    }
}
