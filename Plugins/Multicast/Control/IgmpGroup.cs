using RouterOS.Multicast.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>Members of one group on one interface: the state and the transitions of RFC 3376 section 6. Pure: time comes with each call.</summary>
/// <remarks>
/// A source's value is the time until which it is asked for; 0 for one that is not, which only the mode "all but the listed ones" keeps.
/// </remarks>
internal sealed class IgmpGroup(uint group, long now)
{
    /// <summary>Most sources that are told apart; of more a group is wanted from all.</summary>
    public const int MaximumSources = 128;

    private readonly Dictionary<uint, long> _sources = [];
    private readonly Dictionary<uint, int> _askSources = [];
    private int _askGroup;

    /// <summary>The group.</summary>
    public uint Group { get; } = group;

    /// <summary>Since when it has members.</summary>
    public long Since { get; } = now;

    /// <summary>Who reported last.</summary>
    public uint Reporter { get; set; }

    /// <summary>All but the listed sources are wanted; else the listed ones alone.</summary>
    public bool Exclude { get; private set; }

    /// <summary>When the mode "all but the listed ones" ends.</summary>
    public long ExcludeUntil { get; private set; }

    /// <summary>Until when a host of version 1 may be there.</summary>
    public long Version1Until { get; private set; }

    /// <summary>Until when a host of version 2 may be there.</summary>
    public long Version2Until { get; private set; }

    /// <summary>When the next question of the last members is due; <see cref="long.MaxValue"/> for none.</summary>
    public long AskAt { get; private set; } = long.MaxValue;

    /// <summary>Sources and the time until which each is wanted.</summary>
    public IReadOnlyDictionary<uint, long> Sources => _sources;

    /// <summary>Nobody is left.</summary>
    public bool IsEmpty => !Exclude && _sources.Count == 0;

    /// <summary>When something happens next.</summary>
    public long Due
    {
        get
        {
            long due = Math.Min(AskAt, Exclude ? ExcludeUntil : long.MaxValue);
            foreach (long until in _sources.Values)
            {
                due = until == 0 ? due : Math.Min(due, until);
            }

            return due;
        }
    }

    /// <summary>The oldest version that a member speaks.</summary>
    public int Version(long now) => now < Version1Until ? 1 : now < Version2Until ? 2 : 3;

    /// <summary>A host of version 1 or 2 has joined: as one of version 3 that wants it from everybody.</summary>
    public void Joined(int version, IgmpTimes times, long now)
    {
        if (version == 1)
        {
            Version1Until = now + times.OldHost;
        }
        else
        {
            Version2Until = now + times.OldHost;
        }

        ToAllBut([], times, now, isChange: false, asks: false);
    }

    /// <summary>What a record of version 3 says, or a leave of version 2 as <see cref="GroupRecordType.ToInclude"/> of nothing.</summary>
    /// <param name="type">What it says.</param>
    /// <param name="sources">Its sources.</param>
    /// <param name="times">Timers.</param>
    /// <param name="now">The time.</param>
    /// <param name="asks">This router is the querier, so it asks whether others want what is left.</param>
    public void Heard(GroupRecordType type, IReadOnlyList<uint> sources, IgmpTimes times, long now, bool asks)
    {
        // RFC 3376 section 7.3.2: what older hosts cannot see is not taken from them.
        int version = Version(now);
        if ((version < 3 && type == GroupRecordType.Block) || (version == 1 && type == GroupRecordType.ToInclude))
        {
            return;
        }

        if (version < 3 && type == GroupRecordType.ToExclude)
        {
            sources = [];
        }

        switch (type)
        {
            case GroupRecordType.IsInclude or GroupRecordType.Allow:
                Want(sources, now + times.Membership);
                break;
            case GroupRecordType.ToInclude:
                HashSet<uint> kept = [.. sources];
                uint[] left = [.. _sources.Where(s => s.Value != 0 && !kept.Contains(s.Key)).Select(s => s.Key)];
                Want(sources, now + times.Membership);
                Ask(left, Exclude, times, now, asks);
                break;
            case GroupRecordType.IsExclude or GroupRecordType.ToExclude:
                ToAllBut(sources, times, now, type == GroupRecordType.ToExclude, asks);
                break;
            case GroupRecordType.Block:
                Block(sources, times, now, asks);
                break;
            default:
                break;
        }

        if (_sources.Count > MaximumSources)
        {
            // Nobody misses anything: the group comes from all of them.
            _sources.Clear();
            Exclude = true;
            ExcludeUntil = now + times.Membership;
        }
    }

    /// <summary>The querier has asked for the group or for some of its sources: timers are lowered to the time in which members answer.</summary>
    public void Asked(IReadOnlyList<uint> sources, IgmpTimes times, long now)
    {
        long until = now + times.LastMember;
        if (sources.Count == 0)
        {
            ExcludeUntil = Math.Min(ExcludeUntil, until);
        }

        foreach (uint source in sources)
        {
            if (_sources.TryGetValue(source, out long wanted) && wanted > until)
            {
                _sources[source] = until;
            }
        }
    }

    /// <summary>The questions that are due now, for the group and for sources; null for none. The next ones are planned.</summary>
    public (bool Group, uint[] Sources)? Questions(IgmpTimes times, long now)
    {
        if (AskAt > now)
        {
            return null;
        }

        bool group = _askGroup > 0;
        _askGroup -= group ? 1 : 0;
        uint[] sources = [.. _askSources.Keys];
        foreach (uint source in sources)
        {
            if (--_askSources[source] == 0)
            {
                _ = _askSources.Remove(source);
            }
        }

        AskAt = _askGroup > 0 || _askSources.Count > 0 ? now + times.LastMemberQuery : long.MaxValue;
        return group || sources.Length > 0 ? (group, sources) : null;
    }

    /// <summary>Forgets what nobody wants any more (RFC 3376 section 6.5).</summary>
    public void Expire(long now)
    {
        if (Exclude && ExcludeUntil <= now)
        {
            // Those that are asked for by name stay.
            Exclude = false;
            RemoveWhere(until => until == 0);
        }

        if (Exclude)
        {
            foreach (uint source in _sources.Where(s => s.Value != 0 && s.Value <= now).Select(s => s.Key).ToArray())
            {
                _sources[source] = 0;
            }
        }
        else
        {
            RemoveWhere(until => until <= now);
        }
    }

    /// <summary>Nobody wants it.</summary>
    public void Clear()
    {
        _sources.Clear();
        Exclude = false;
    }

    /// <summary>What forwarding must know.</summary>
    public MembersChange View(uint index)
    {
        MembersChange view = new() { Interface = index, Group = Group, Exclude = Exclude, Gone = IsEmpty };
        view.Sources.Add(_sources.Where(s => Exclude == (s.Value == 0)).Select(s => s.Key).Order());
        return view;
    }

    private void Want(IReadOnlyList<uint> sources, long until)
    {
        foreach (uint source in sources)
        {
            _sources[source] = until;
            _ = _askSources.Remove(source);
        }
    }

    private void ToAllBut(IReadOnlyList<uint> listed, IgmpTimes times, long now, bool isChange, bool asks)
    {
        HashSet<uint> but = [.. listed];
        RemoveWhere((source, _) => !but.Contains(source));
        foreach (uint source in but)
        {
            // New ones: in this mode already, they are asked about; else nobody has asked for them.
            _ = _sources.TryAdd(source, !Exclude ? 0 : isChange ? ExcludeUntil : now + times.Membership);
        }

        uint[] asked = isChange ? [.. _sources.Where(s => s.Value != 0).Select(s => s.Key)] : [];
        Exclude = true;
        ExcludeUntil = now + times.Membership;
        _askGroup = 0;
        Ask(asked, group: false, times, now, asks);
    }

    private void Block(IReadOnlyList<uint> sources, IgmpTimes times, long now, bool asks)
    {
        List<uint> asked = [];
        foreach (uint source in sources)
        {
            if (Exclude)
            {
                _ = _sources.TryAdd(source, ExcludeUntil);
            }

            if (_sources.TryGetValue(source, out long until) && until != 0)
            {
                asked.Add(source);
            }
        }

        Ask(asked, group: false, times, now, asks);
    }

    private void Ask(IReadOnlyList<uint> sources, bool group, IgmpTimes times, long now, bool asks)
    {
        if (!asks || (!group && sources.Count == 0))
        {
            return;
        }

        if (group)
        {
            _askGroup = times.Robustness;
            ExcludeUntil = Math.Min(ExcludeUntil, now + times.LastMember);
        }

        foreach (uint source in sources)
        {
            _askSources[source] = times.Robustness;
            _sources[source] = Math.Min(_sources[source], now + times.LastMember);
        }

        AskAt = now;
    }

    private void RemoveWhere(Func<long, bool> gone) => RemoveWhere((_, until) => gone(until));

    private void RemoveWhere(Func<uint, long, bool> gone)
    {
        foreach (uint source in _sources.Where(s => gone(s.Key, s.Value)).Select(s => s.Key).ToArray())
        {
            _ = _sources.Remove(source);
        }
    }
}
