using System.Threading.Channels;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control;

/// <summary>Who follows which VPNs have an association.</summary>
/// <remarks>On the plugin's strand.</remarks>
internal sealed class VpnWatch
{
    private readonly HashSet<Channel<VpnChange>> _watches = [];

    /// <summary>Begins with what there is.</summary>
    public Channel<VpnChange> Watch(IEnumerable<VpnChange> now)
    {
        Channel<VpnChange> watch = Channel.CreateUnbounded<VpnChange>();
        foreach (VpnChange each in now.Append(new VpnChange { EndOfStart = true }))
        {
            _ = watch.Writer.TryWrite(each);
        }

        _ = _watches.Add(watch);
        return watch;
    }

    public void Unwatch(Channel<VpnChange> watch) => _watches.Remove(watch);

    public void Changed(string name, uint protection, bool isUp, bool isGone = false)
    {
        foreach (Channel<VpnChange> watch in _watches)
        {
            _ = watch.Writer.TryWrite(new VpnChange { Name = name, Protection = protection, Up = isUp, Gone = isGone });
        }
    }
}
