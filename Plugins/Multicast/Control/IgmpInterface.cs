using RouterOS.Multicast.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>IGMP on one interface: querier or not, who has joined what.</summary>
internal sealed class IgmpInterface(IIgmpEnvironment environment, string name)
{
    /// <summary>All systems on the link.</summary>
    public const uint AllSystems = 0xe0000001;

    /// <summary>All routers on the link.</summary>
    public const uint AllRouters = 0xe0000002;

    private const uint LinkScope = 0xe00000;
    private const int DefaultGroupLimit = 10_000;
    private const int MaximumSourcesOfQuery = 64;
    private const byte LinkTtl = 1;

    private readonly Dictionary<uint, IgmpGroup> _groups = [];
    private readonly Dictionary<uint, MembersChange> _told = [];
    private readonly PriorityQueue<uint, long> _queue = new();
    private readonly Dictionary<uint, long> _queued = [];
    private HashSet<uint> _static = [];
    private HashSet<uint> _own = [];
    private IgmpTimes _configured = IgmpTimes.Of(new Igmp());
    private int _startupLeft;
    private long _nextQuery = long.MaxValue;
    private long _querierUntil = long.MaxValue;
    private long _reportAt = long.MaxValue;

    /// <summary>Full name.</summary>
    public string Name { get; } = name;

    /// <summary>Index in the modules' tables.</summary>
    public uint Index { get; private set; }

    /// <summary>Own address; 0 while there is none.</summary>
    public uint Address { get; private set; }

    /// <summary>Bits of the link's network.</summary>
    public int PrefixLength { get; private set; }

    /// <summary>What is configured.</summary>
    public MulticastInterface Configuration { get; private set; } = new();

    /// <summary>IGMP runs here.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Timers: the configured ones, or where another router asks, what it says.</summary>
    public IgmpTimes Times { get; private set; } = IgmpTimes.Of(new Igmp());

    /// <summary>Who asks.</summary>
    public uint Querier { get; private set; }

    /// <summary>This router asks.</summary>
    public bool IsQuerier => IsRunning && Querier == Address;

    /// <summary>Groups with members.</summary>
    public IReadOnlyDictionary<uint, IgmpGroup> Groups => _groups;

    /// <summary>Groups that are forwarded here whoever joins.</summary>
    public IReadOnlySet<uint> Static => _static;

    /// <summary>Groups that this router itself listens to.</summary>
    public IReadOnlySet<uint> Own => _own;

    /// <summary>What came and went.</summary>
    public Counters Counters { get; } = new();

    /// <summary>What the members want, as last told.</summary>
    public IEnumerable<MembersChange> Told => _told.Values;

    /// <summary>When something is to be done.</summary>
    public long Due => Math.Min(Math.Min(_nextQuery, _querierUntil), Math.Min(_reportAt, _queue.TryPeek(out _, out long due) ? due : long.MaxValue));

    /// <summary>When the querier asks again, or when another one is given up.</summary>
    public long NextQuery => IsQuerier ? _nextQuery : _querierUntil;

    /// <summary>Takes the configuration and the interface's state.</summary>
    public void Configure(MulticastInterface configuration, IReadOnlySet<uint> own, uint index, uint address, int prefixLength, bool isUp)
    {
        bool runs = isUp && address != 0 && configuration.Igmp is { Disabled: false };
        bool restarts = runs != IsRunning || address != Address || index != Index || !Equals(configuration.Igmp, Configuration.Igmp);
        if (restarts && IsRunning && (!runs || index != Index))
        {
            Stop();
        }

        Configuration = configuration.Clone();
        (Index, Address, PrefixLength) = (index, address, prefixLength);
        bool joins = !own.SetEquals(_own) || restarts;
        _own = [.. own];
        HashSet<uint> fixedGroups = runs ? [.. configuration.Igmp!.StaticGroups.Select(g => g.Group)] : [];
        uint[] changed = [.. fixedGroups.Except(_static), .. _static.Except(fixedGroups)];
        _static = fixedGroups;
        if (restarts && runs)
        {
            IsRunning = true;
            _configured = Times = IgmpTimes.Of(configuration.Igmp!);
            BecomeQuerier();
        }

        foreach (uint group in changed)
        {
            Tell(group);
        }

        if (joins && isUp && address != 0 && _own.Count > 0)
        {
            _reportAt = environment.Now + environment.Random(1000);
        }
    }

    /// <summary>The interface or its configuration is gone.</summary>
    public void Stop()
    {
        IsRunning = false;
        _nextQuery = _querierUntil = _reportAt = long.MaxValue;
        _static = [];
        Clear();
        _queue.Clear();
        _queued.Clear();
    }

    /// <summary>Forgets all members; the next query brings those back that are there.</summary>
    public int Clear()
    {
        int count = _groups.Count;
        foreach (uint group in _groups.Keys.ToArray())
        {
            _ = _groups.Remove(group);
            Tell(group);
        }

        foreach (uint group in _told.Keys.ToArray())
        {
            Tell(group);
        }

        if (IsQuerier)
        {
            _nextQuery = environment.Now;
        }

        return count;
    }

    /// <summary>A message came in here.</summary>
    public void Receive(uint source, uint destination, byte ttl, ReadOnlySpan<byte> bytes)
    {
        Counters.Received++;
        if (!IgmpMessage.TryParse(bytes, out IgmpMessage message, out IgmpError error))
        {
            _ = error switch
            {
                IgmpError.BadChecksum => Counters.ChecksumErrors++,
                IgmpError.UnknownType => Counters.UnknownTypes++,
                _ => Counters.Malformed++,
            };
            environment.Tell(IgmpNotice.Malformed, Name, source, (uint)error);
            return;
        }

        // Nobody beyond the link speaks IGMP here, and what pretends to is not believed.
        if (!IsRunning || ttl != LinkTtl || source == Address || !IsOnLink(source))
        {
            Counters.Ignored++;
            if (IsRunning && source != Address && (ttl != LinkTtl || !IsOnLink(source)))
            {
                environment.Tell(IgmpNotice.Spoofed, Name, source, 0);
            }

            return;
        }

        switch (message.Type)
        {
            case IgmpType.Query:
                Counters.Queries++;
                HearQuery(source, destination, message);
                break;
            case IgmpType.ReportVersion1 or IgmpType.ReportVersion2:
                Counters.Reports++;
                HearReport(source, destination, message);
                break;
            case IgmpType.Leave:
                Counters.Leaves++;
                HearRecord(source, message.Group, GroupRecordType.ToInclude, []);
                break;
            case IgmpType.ReportVersion3 when Times.Version == 3:
                Counters.Reports++;
                foreach (GroupRecord record in message.Records)
                {
                    HearRecord(source, record.Group, record.Type, SourcesOf(record.Sources));
                }

                break;
            case IgmpType.ReportVersion3:
                // RFC 3376 section 7.3.1: a router of an older version does not know the message.
                Counters.UnknownTypes++;
                break;
            default:
                break;
        }
    }

    /// <summary>Does what is due.</summary>
    public void Run()
    {
        long now = environment.Now;
        if (_querierUntil <= now)
        {
            BecomeQuerier();
        }

        if (_nextQuery <= now)
        {
            SendQuery(AllSystems, 0, Times.QueryResponse, []);
            _startupLeft -= _startupLeft > 0 ? 1 : 0;
            _nextQuery = now + (_startupLeft > 0 ? Times.StartupInterval : Times.QueryInterval);
        }

        if (_reportAt <= now)
        {
            _reportAt = long.MaxValue;
            foreach (uint group in _own)
            {
                Counters.SentReports++;
                environment.Send(this, group, IgmpWriter.Simple(IgmpType.ReportVersion2, group));
            }
        }

        while (_queue.TryPeek(out uint group, out long due) && due <= now)
        {
            _ = _queue.Dequeue();
            _ = _queued.Remove(group);
            if (_groups.TryGetValue(group, out IgmpGroup? state))
            {
                Ask(state, now);
                state.Expire(now);
                Settle(state);
            }
        }
    }

    private static List<uint> SourcesOf(SourceList list)
    {
        // More than are told apart say no more than that there are many.
        List<uint> sources = new(Math.Min(list.Count, IgmpGroup.MaximumSources + 1));
        for (int i = 0; i < list.Count && i <= IgmpGroup.MaximumSources; i++)
        {
            if (!IgmpMessage.IsGroup(list[i]) && list[i] != 0)
            {
                sources.Add(list[i]);
            }
        }

        return sources;
    }

    private bool IsOnLink(uint source) => PrefixLength == 0 || ((source ^ Address) & (uint.MaxValue << (32 - PrefixLength))) == 0;

    private void BecomeQuerier()
    {
        Times = _configured;
        if (Querier != Address)
        {
            environment.Tell(IgmpNotice.Querier, Name, Address, Querier);
        }

        Querier = Address;
        _querierUntil = long.MaxValue;
        _startupLeft = Times.Robustness;
        _nextQuery = environment.Now;
    }

    private void HearQuery(uint source, uint destination, IgmpMessage query)
    {
        if (query.QueryVersion != Times.Version)
        {
            // RFC 3376 section 7.3.1: routers of a link must be configured alike.
            Counters.WrongVersion++;
            environment.Tell(IgmpNotice.WrongVersion, Name, source, (uint)query.QueryVersion);
        }

        long now = environment.Now;
        if (query.Group == 0 && destination == AllSystems && _own.Count > 0 && _reportAt == long.MaxValue)
        {
            _reportAt = now + environment.Random(Math.Max(query.ResponseTenths * 100L, 1));
        }

        // RFC 2236 section 7: the lowest address asks.
        if (source > Address || (!IsQuerier && source > Querier && now < _querierUntil))
        {
            return;
        }

        if (Querier != source)
        {
            environment.Tell(IgmpNotice.OtherQuerier, Name, source, 0);
            Querier = source;
        }

        _nextQuery = long.MaxValue;
        if (query.QueryVersion == 3 && query.Robustness != 0 && query.IntervalSeconds != 0)
        {
            // RFC 3376 section 4.1.6: all go by what the querier says.
            Times = _configured with { Robustness = query.Robustness, QueryInterval = query.IntervalSeconds * 1000L };
        }

        _querierUntil = now + Times.QuerierTimeout;
        if (query.Group != 0 && !(query.QueryVersion == 3 && query.Suppress) && _groups.TryGetValue(query.Group, out IgmpGroup? group))
        {
            group.Asked(SourcesOf(query.Sources), Times, now);
            Settle(group);
        }
    }

    private void HearReport(uint source, uint destination, IgmpMessage report)
    {
        // RFC 2236 section 9: it is sent to the group that it reports.
        if (destination != report.Group)
        {
            Counters.Ignored++;
            return;
        }

        if (GroupFor(report.Group) is { } group)
        {
            group.Reporter = source;
            group.Joined(report.Type == IgmpType.ReportVersion1 ? 1 : 2, Times, environment.Now);
            Settle(group);
        }
    }

    private void HearRecord(uint source, uint address, GroupRecordType type, List<uint> sources)
    {
        // What removes members makes no entry.
        bool adds = type is GroupRecordType.IsExclude or GroupRecordType.ToExclude
            || (sources.Count > 0 && type is GroupRecordType.IsInclude or GroupRecordType.ToInclude or GroupRecordType.Allow);
        IgmpGroup? group = adds ? GroupFor(address) : _groups.GetValueOrDefault(address);
        if (group is null)
        {
            return;
        }

        if (adds)
        {
            group.Reporter = source;
        }

        long now = environment.Now;
        if (!adds && type == GroupRecordType.ToInclude && Configuration.Igmp is { ImmediateLeave: true } && group.Version(now) > 1)
        {
            group.Clear();
        }
        else
        {
            group.Heard(type, sources, Times, now, IsQuerier);
            Ask(group, now);
        }

        Settle(group);
    }

    private IgmpGroup? GroupFor(uint address)
    {
        // Packets to groups of the link are never forwarded: nobody needs to know their members.
        if (address >> 8 == LinkScope)
        {
            return null;
        }

        if (!_groups.TryGetValue(address, out IgmpGroup? group))
        {
            uint limit = Configuration.Igmp?.GroupLimit is { } configured and not 0 ? configured : DefaultGroupLimit;
            if (_groups.Count >= limit)
            {
                Counters.OverLimit++;
                environment.Tell(IgmpNotice.OverLimit, Name, address, limit);
                return null;
            }

            group = new IgmpGroup(address, environment.Now);
            _groups.Add(address, group);
        }

        return group;
    }

    private void Ask(IgmpGroup group, long now)
    {
        if (!IsQuerier || group.Questions(Times, now) is not { } questions)
        {
            return;
        }

        if (questions.Group)
        {
            SendQuery(group.Group, group.Group, Times.LastMemberQuery, []);
        }

        if (Times.Version == 3)
        {
            foreach (uint[] some in questions.Sources.Chunk(MaximumSourcesOfQuery))
            {
                SendQuery(group.Group, group.Group, Times.LastMemberQuery, some);
            }
        }
    }

    private void SendQuery(uint destination, uint group, long response, IReadOnlyList<uint> sources)
    {
        Counters.SentQueries++;
        environment.Send(
            this,
            destination,
            IgmpWriter.Query(Times.Version, group, (int)(response / 100), Times.Robustness, (int)(Times.QueryInterval / 1000), sources: sources));
    }

    // After anything that may have changed a group.
    private void Settle(IgmpGroup group)
    {
        if (group.IsEmpty)
        {
            _ = _groups.Remove(group.Group);
        }
        else
        {
            long due = group.Due;
            if (due != long.MaxValue && due < _queued.GetValueOrDefault(group.Group, long.MaxValue))
            {
                _queue.Enqueue(group.Group, due);
                _queued[group.Group] = due;
            }
        }

        Tell(group.Group);
    }

    private void Tell(uint address)
    {
        MembersChange view = _static.Contains(address) ? new MembersChange { Interface = Index, Group = address, Exclude = true }
            : _groups.TryGetValue(address, out IgmpGroup? group) ? group.View(Index)
            : new MembersChange { Interface = Index, Group = address, Gone = true };
        MembersChange? before = _told.GetValueOrDefault(address);
        if (view.Gone ? before is null : view.Equals(before))
        {
            return;
        }

        if (view.Gone)
        {
            _ = _told.Remove(address);
        }
        else
        {
            _told[address] = view;
        }

        environment.Changed(view);
    }
}
