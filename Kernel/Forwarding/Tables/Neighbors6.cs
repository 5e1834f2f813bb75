using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>IPv6 neighbours of all Ethernet interfaces, bounded in number; entries are used again. Worker 0's.</summary>
internal sealed class Neighbors6
{
    /// <summary>Neighbours at most.</summary>
    public const int Maximum = 16384;

    /// <summary>Neighbours at most that have not answered yet (RFC 6583: a scan of a /64 must not fill anything).</summary>
    public const int MaximumIncomplete = 256;

    private readonly Dictionary<(uint Index, UInt128 Address), Neighbor6> _byAddress = [];
    private readonly Stack<Neighbor6> _free = new();

    /// <summary>All neighbours.</summary>
    public Dictionary<(uint Index, UInt128 Address), Neighbor6>.ValueCollection All => _byAddress.Values;

    /// <summary>Neighbours that have not answered yet.</summary>
    public int Incomplete { get; private set; }

    /// <summary>The neighbour of an address, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Neighbor6? Find(uint index, UInt128 address) => _byAddress.GetValueOrDefault((index, address));

    /// <summary>Makes an unanswered neighbour; null when there are too many.</summary>
    public Neighbor6? Add(uint index, UInt128 address)
    {
        if (_byAddress.Count >= Maximum || Incomplete >= MaximumIncomplete)
        {
            return null;
        }

        if (!_free.TryPop(out Neighbor6? made))
        {
            made = new Neighbor6();
        }

        made.Interface = index;
        made.Address = address;
        made.State = NeighborState.Incomplete;
        made.IsRouter = false;
        made.Tries = 0;
        made.AskedAt = 0;
        _byAddress.Add((index, address), made);
        Incomplete++;
        return made;
    }

    /// <summary>Moves a neighbour to a state in which its Ethernet address is known.</summary>
    public void Know(Neighbor6 neighbor, NeighborState state)
    {
        if (neighbor.State == NeighborState.Incomplete)
        {
            Incomplete--;
        }

        neighbor.State = state;
    }

    /// <summary>Forgets a neighbour whose queue the caller has emptied.</summary>
    public void Remove(Neighbor6 neighbor)
    {
        if (neighbor.State == NeighborState.Incomplete)
        {
            Incomplete--;
        }

        _byAddress.Remove((neighbor.Interface, neighbor.Address));
        _free.Push(neighbor);
    }
}
