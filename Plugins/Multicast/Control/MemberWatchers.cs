using System.Threading.Channels;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>Routing protocols that want to know who has joined what.</summary>
internal sealed class MemberWatchers
{
    private readonly List<Channel<MembersChange>> _watchers = [];

    /// <summary>Tells all of them.</summary>
    public void Tell(MembersChange change) => _watchers.ForEach(w => w.Writer.TryWrite(change));

    /// <summary>One more, who hears first what there is.</summary>
    public Channel<MembersChange> Watch(IEnumerable<MembersChange> all)
    {
        Channel<MembersChange> watcher = Channel.CreateUnbounded<MembersChange>();
        foreach (MembersChange each in all)
        {
            _ = watcher.Writer.TryWrite(each);
        }

        _ = watcher.Writer.TryWrite(new MembersChange { EndOfStart = true });
        _watchers.Add(watcher);
        return watcher;
    }

    /// <summary>It has gone.</summary>
    public void Unwatch(Channel<MembersChange> watcher) => _watchers.Remove(watcher);
}
