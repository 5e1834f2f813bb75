using System.Threading.Channels;

namespace RouterOS.Ike.Control;

/// <summary>Who wants to hear of protections that have lost their last pair of SAs: what was stacked on them has ended, too.</summary>
/// <remarks>On the plugin's strand.</remarks>
internal sealed class ProtectionWatch
{
    private readonly HashSet<Channel<uint>> _watches = [];

    public Channel<uint> Watch()
    {
        Channel<uint> watch = Channel.CreateUnbounded<uint>();
        _ = _watches.Add(watch);
        return watch;
    }

    public void Unwatch(Channel<uint> watch) => _watches.Remove(watch);

    public void Gone(uint protection)
    {
        foreach (Channel<uint> watch in _watches)
        {
            _ = watch.Writer.TryWrite(protection);
        }
    }
}
