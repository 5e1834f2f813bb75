using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Collects fragments and gives whole datagrams, with bounded memory and time.</summary>
/// <remarks>
/// Overlapping fragments are an attack or a fault, never needed: the datagram is dropped whole, as RFC 5722 says for IPv6. An exact
/// duplicate is dropped alone.
/// </remarks>
internal sealed unsafe class ReassemblyTable<TFormat>(WorkerServices worker, DropCounters drops, int maximumFragments, bool tellSenders)
    where TFormat : struct, IFragmentFormat
{
    /// <summary>Fragments of one datagram at most: 64 KB at the smallest usual MTU, 576.</summary>
    public const int MaximumPerDatagram = 128;

    /// <summary>How long the first fragment of a datagram waits for the others.</summary>
    public const long TimeoutNanoseconds = 15_000_000_000;

    private const int MaximumDatagrams = 256;

    private readonly Dictionary<FragmentKey, Datagram> _datagrams = [];
    private readonly Dictionary<(uint Instance, byte Protocol), ReassemblyCounts> _counts = [];
    private readonly Stack<Datagram> _free = new();
    private Datagram? _oldest;
    private Datagram? _newest;
    private int _icmpError = -1;

    /// <summary>Fragments that wait.</summary>
    public int Fragments { get; private set; }

    /// <summary>Datagrams that wait.</summary>
    public int Datagrams => _datagrams.Count;

    /// <summary>What has come, by instance and protocol.</summary>
    public IReadOnlyDictionary<(uint Instance, byte Protocol), ReassemblyCounts> Counts => _counts;

    /// <summary>Takes a fragment over; returns the whole datagram when this was the last one missing, else 0.</summary>
    public nint Add(nint handle)
    {
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        FragmentKey key = TFormat.KeyOf(ref packet);
        ReassemblyCounts counts = CountsOf(key);
        counts.Fragments++;
        (int headerBytes, int offset, int bytes, bool last) = TFormat.PlaceOf(packet.Start, packet.Length);
        if (bytes <= 0 || (!last && bytes % 8 != 0) || offset + bytes > Ip4.LargestPacket - headerBytes)
        {
            return Discard(handle, counts, ReassemblyDrop.BadFragment);
        }

        if (!_datagrams.TryGetValue(key, out Datagram? datagram))
        {
            datagram = Start(key, counts);
        }

        if (datagram.Fragments >= MaximumPerDatagram)
        {
            Discard(handle, counts, ReassemblyDrop.TooMany);
            Forget(datagram, ReassemblyDrop.TooMany);
            return 0;
        }

        Place place = Insert(datagram, handle, offset, bytes, last);
        if (place != Place.Inserted)
        {
            Discard(handle, counts, place == Place.Duplicate ? ReassemblyDrop.Duplicate : ReassemblyDrop.Overlap);
            if (place == Place.Conflict)
            {
                Forget(datagram, ReassemblyDrop.Overlap);
            }

            return 0;
        }

        if (datagram.ReceivedBytes == datagram.TotalBytes)
        {
            return Join(datagram);
        }

        if (Fragments > maximumFragments && _oldest is { } oldest)
        {
            Forget(oldest, ReassemblyDrop.Evicted);
        }

        return 0;
    }

    /// <summary>Drops what has waited too long.</summary>
    public void Expire()
    {
        while (_oldest is { } oldest && worker.NowNanoseconds - oldest.Started >= TimeoutNanoseconds)
        {
            TellSender(oldest);
            Forget(oldest, ReassemblyDrop.Timeout);
        }
    }

    private Place Insert(Datagram datagram, nint handle, int offset, int bytes, bool last)
    {
        int end = offset + bytes;
        if (datagram.TotalBytes >= 0 && (end > datagram.TotalBytes || (last && end != datagram.TotalBytes)))
        {
            return Place.Conflict;
        }

        nint before = 0;
        nint next = datagram.First;
        while (next != 0)
        {
            (int nextOffset, int nextBytes) = RangeOf(next);
            if (nextOffset >= end)
            {
                break;
            }

            if (nextOffset + nextBytes > offset)
            {
                return nextOffset == offset && nextBytes == bytes ? Place.Duplicate : Place.Conflict;
            }

            before = next;
            next = PacketBuffer.At(next).Link;
        }

        if (last && next != 0)
        {
            return Place.Conflict;
        }

        PacketBuffer.At(handle).Link = next;
        if (before == 0)
        {
            datagram.First = handle;
        }
        else
        {
            PacketBuffer.At(before).Link = handle;
        }

        datagram.TotalBytes = last ? end : datagram.TotalBytes;
        datagram.ReceivedBytes += bytes;
        datagram.Fragments++;
        Fragments++;
        return Place.Inserted;
    }

    private nint Join(Datagram datagram)
    {
        ref PacketBuffer first = ref PacketBuffer.At(datagram.First);
        int headerLength = TFormat.WholeHeaderBytes(first.Start, first.Length);
        int total = headerLength + datagram.TotalBytes;
        nint whole = total > Ip4.LargestPacket ? 0 : worker.Pools.Rent(total);
        if (whole == 0)
        {
            Forget(datagram, ReassemblyDrop.NoBuffer);
            return 0;
        }

        ref PacketBuffer packet = ref PacketBuffer.At(whole);
        packet.Length = total;
        first.CopyMetadataTo(ref packet);
        packet.Flags |= PacketFlags.Reassembled;
        byte* to = packet.Start;
        // Safe: the ranges are disjoint, lie within TotalBytes, and Rent gave room for header and payload.
        Buffer.MemoryCopy(first.Start, to, headerLength, headerLength);
        int largest = 0;
        for (nint piece = datagram.First; piece != 0; piece = PacketBuffer.At(piece).Link)
        {
            ref PacketBuffer fragment = ref PacketBuffer.At(piece);
            largest = Math.Max(largest, fragment.Length);
            (int offset, int bytes) = RangeOf(piece);
            Buffer.MemoryCopy(fragment.Start + fragment.Length - bytes, to + headerLength + offset, bytes, bytes);
        }

        datagram.Counts.Packets++;
        packet.IcmpMtu = (ushort)largest;
        TFormat.Finish(to, first.Start, headerLength, total, first.Length);
        Remove(datagram);
        return whole;
    }

    private static (int Offset, int Bytes) RangeOf(nint handle)
    {
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        FragmentPlace place = TFormat.PlaceOf(packet.Start, packet.Length);
        return (place.Offset, place.Bytes);
    }

    private Datagram Start(in FragmentKey key, ReassemblyCounts counts)
    {
        if (_datagrams.Count >= MaximumDatagrams)
        {
            Forget(_oldest!, ReassemblyDrop.Evicted);
        }

        if (!_free.TryPop(out Datagram? made))
        {
            made = new Datagram();
        }

        made.Key = key;
        made.Counts = counts;
        made.First = 0;
        made.Fragments = 0;
        made.ReceivedBytes = 0;
        made.TotalBytes = -1;
        made.Started = worker.NowNanoseconds;
        made.Older = _newest;
        made.Newer = null;
        if (_newest is null)
        {
            _oldest = made;
        }
        else
        {
            _newest.Newer = made;
        }

        _newest = made;
        _datagrams.Add(key, made);
        return made;
    }

    // RFC 1122 section 3.3.2: the sender is told if the first fragment has come.
    private void TellSender(Datagram datagram)
    {
        if (!tellSenders || datagram.First == 0 || RangeOf(datagram.First).Offset != 0)
        {
            return;
        }

        nint handle = datagram.First;
        ref PacketBuffer first = ref PacketBuffer.At(handle);
        datagram.First = first.Link;
        datagram.Fragments--;
        Fragments--;
        first.Link = 0;
        first.IcmpReply = TFormat.TimeExceeded;
        if (_icmpError < 0)
        {
            _icmpError = worker.NodeIndex(KernelNodes.IcmpError);
        }

        drops.Add((int)ReassemblyDrop.Timeout, 1);
        datagram.Counts.Dropped++;
        worker.Enqueue(_icmpError, handle);
    }

    private ReassemblyCounts CountsOf(in FragmentKey key)
    {
        (uint, byte) place = (key.Instance, key.Protocol);
        if (!_counts.TryGetValue(place, out ReassemblyCounts? counts))
        {
            counts = _counts[place] = new ReassemblyCounts();
        }

        return counts;
    }

    private nint Discard(nint handle, ReassemblyCounts counts, ReassemblyDrop reason)
    {
        counts.Dropped++;
        drops.Add((int)reason, 1);
        worker.Free(handle);
        return 0;
    }

    private void Forget(Datagram datagram, ReassemblyDrop reason)
    {
        drops.Add((int)reason, datagram.Fragments);
        datagram.Counts.Dropped += (uint)datagram.Fragments;
        Remove(datagram);
    }

    private void Remove(Datagram datagram)
    {
        for (nint piece = datagram.First; piece != 0;)
        {
            nint next = PacketBuffer.At(piece).Link;
            PacketBuffer.At(piece).Link = 0;
            worker.Free(piece);
            piece = next;
        }

        Fragments -= datagram.Fragments;
        _datagrams.Remove(datagram.Key);
        if (datagram.Older is null)
        {
            _oldest = datagram.Newer;
        }
        else
        {
            datagram.Older.Newer = datagram.Newer;
        }

        if (datagram.Newer is null)
        {
            _newest = datagram.Older;
        }
        else
        {
            datagram.Newer.Older = datagram.Older;
        }

        datagram.Older = null;
        datagram.Newer = null;
        _free.Push(datagram);
    }

    private enum Place
    {
        Inserted,
        Duplicate,
        Conflict,
    }
}
