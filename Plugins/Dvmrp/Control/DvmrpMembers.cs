using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Dvmrp.Control;

/// <summary>Who on which interface has joined what, as IGMP says.</summary>
internal sealed class DvmrpMembers
{
    private readonly Dictionary<(uint Interface, uint Group), (bool Exclude, HashSet<uint> Sources)> _members = [];
    private readonly Dictionary<uint, HashSet<uint>> _interfaces = [];

    /// <summary>Takes a change.</summary>
    public void Take(MembersChange change)
    {
        if (change.EndOfStart)
        {
            return;
        }

        if (!change.Gone)
        {
            _members[(change.Interface, change.Group)] = (change.Exclude, [.. change.Sources]);
            if (!_interfaces.TryGetValue(change.Group, out HashSet<uint>? at))
            {
                _interfaces[change.Group] = at = [];
            }

            _ = at.Add(change.Interface);
        }
        else if (_members.Remove((change.Interface, change.Group)) && _interfaces.TryGetValue(change.Group, out HashSet<uint>? at))
        {
            _ = at.Remove(change.Interface);
            if (at.Count == 0)
            {
                _ = _interfaces.Remove(change.Group);
            }
        }
    }

    /// <summary>Nothing is known any more.</summary>
    public void Clear()
    {
        _members.Clear();
        _interfaces.Clear();
    }

    /// <summary>Interfaces with members of a group.</summary>
    public IReadOnlyCollection<uint> InterfacesOf(uint group) => _interfaces.TryGetValue(group, out HashSet<uint>? at) ? at : [];

    /// <summary>True when somebody on an interface wants the packets of a source to a group.</summary>
    public bool Want(uint index, uint source, uint group) =>
        _members.TryGetValue((index, group), out (bool Exclude, HashSet<uint> Sources) members) && members.Exclude != members.Sources.Contains(source);
}
