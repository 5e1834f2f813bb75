namespace RouterOS.Sdk.Network;

/// <summary>One range of a pool.</summary>
public sealed class AddressPoolRange
{
    private readonly HashSet<uint> _used = [];
    private ulong _next;

    internal AddressPoolRange(uint first, uint last) => (First, Last, _next) = (first, last, first);

    /// <summary>Its first address.</summary>
    public uint First { get; }

    /// <summary>Its last address.</summary>
    public uint Last { get; }

    /// <summary>Addresses of it that are given.</summary>
    public int InUse => _used.Count;

    /// <summary>True for an address of the range.</summary>
    public bool Contains(uint address) => address >= First && address <= Last;

    // The next address that nobody had, once; null when there is none.
    internal uint? NextFresh()
    {
        while (_next <= Last)
        {
            uint address = (uint)_next++;
            if (!_used.Contains(address))
            {
                return address;
            }
        }

        return null;
    }

    internal bool TryTake(uint address) => _used.Add(address);

    internal void Return(uint address) => _used.Remove(address);
}
