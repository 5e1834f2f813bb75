using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Neighbours of all Ethernet interfaces, bounded in number; entries are used again, so that a scan makes no garbage.</summary>
internal sealed class Neighbors
{
    /// <summary>Neighbours at most.</summary>
    public const int Maximum = 16384;

    /// <summary>Neighbours at most that have not answered yet.</summary>
    public const int MaximumIncomplete = 256;

    private readonly Dictionary<ulong, Neighbor> _byAddress = [];
    private readonly Stack<Neighbor> _free = new();

    /// <summary>Where the plain pass and other workers find what is known; null in tests.</summary>
    public NeighborMap? Shared { get; set; }

    /// <summary>All neighbours.</summary>
    public Dictionary<ulong, Neighbor>.ValueCollection All => _byAddress.Values;

    /// <summary>Neighbours that have not answered yet.</summary>
    public int Incomplete { get; private set; }

    /// <summary>The neighbour of an address, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Neighbor? Find(uint index, uint address) => _byAddress.GetValueOrDefault(Key(index, address));

    /// <summary>Makes an unanswered neighbour; null when there are too many.</summary>
    public Neighbor? Add(uint index, uint address)
    {
        if (_byAddress.Count >= Maximum || Incomplete >= MaximumIncomplete)
        {
            return null;
        }

        if (!_free.TryPop(out Neighbor? made))
        {
            made = new Neighbor();
        }

        made.Interface = index;
        made.Address = address;
        made.State = NeighborState.Incomplete;
        made.Tries = 0;
        made.AskedAt = 0;
        _byAddress.Add(Key(index, address), made);
        Incomplete++;
        return made;
    }

    /// <summary>Notes the answer.</summary>
    public void Confirm(Neighbor neighbor, uint linkFirst, ushort linkLast, long now)
    {
        if (neighbor.State == NeighborState.Incomplete)
        {
            Incomplete--;
        }

        neighbor.State = NeighborState.Reachable;
        neighbor.LinkFirst = linkFirst;
        neighbor.LinkLast = linkLast;
        neighbor.ConfirmedAt = now;
        neighbor.Tries = 0;
        Shared?.Set(Key(neighbor.Interface, neighbor.Address), linkFirst, linkLast);
    }

    /// <summary>Forgets a neighbour whose queue the caller has emptied.</summary>
    public void Remove(Neighbor neighbor)
    {
        if (neighbor.State == NeighborState.Incomplete)
        {
            Incomplete--;
        }

        _byAddress.Remove(Key(neighbor.Interface, neighbor.Address));
        _free.Push(neighbor);
        Shared?.Remove(Key(neighbor.Interface, neighbor.Address));
    }

    /// <summary>Key of a neighbour in the maps; never 0, as interfaces are numbered from 1.</summary>
    public static ulong Key(uint index, uint address) => ((ulong)index << 32) | address;
}
