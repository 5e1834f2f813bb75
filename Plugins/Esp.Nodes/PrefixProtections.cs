using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Protections by the prefix that they take, of one family: by its length, and then by its first address.</summary>
internal sealed class PrefixProtections<TAddress>
    where TAddress : unmanaged, IEquatable<TAddress>
{
    private readonly List<(uint Width, Dictionary<TAddress, List<Protection>> ByFirst)> _widths = [];

    /// <summary>What there is of each length, the narrowest first.</summary>
    public ReadOnlySpan<(uint Width, Dictionary<TAddress, List<Protection>> ByFirst)> Widths => CollectionsMarshal.AsSpan(_widths);

    /// <summary>Adds a protection.</summary>
    public void Add(uint width, TAddress first, Protection protection)
    {
        int at = _widths.FindIndex(w => w.Width >= width);
        if (at < 0 || _widths[at].Width != width)
        {
            at = at < 0 ? _widths.Count : at;
            _widths.Insert(at, (width, []));
        }

        ProtectionChoice.Put(_widths[at].ByFirst, first, protection);
    }

    /// <summary>Takes a protection out.</summary>
    public void Remove(uint width, TAddress first, Protection protection)
    {
        int at = _widths.FindIndex(w => w.Width == width);
        if (at >= 0)
        {
            ProtectionChoice.Take(_widths[at].ByFirst, first, protection);
            if (_widths[at].ByFirst.Count == 0)
            {
                _widths.RemoveAt(at);
            }
        }
    }
}
