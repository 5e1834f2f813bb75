using System.Threading.Channels;
using Grpc.Core;

namespace RouterOS.Ike.Control;

/// <summary>Who follows changes of one kind.</summary>
/// <remarks>On the plugin's strand.</remarks>
internal sealed class ChangeWatch<T>
{
    private readonly HashSet<Channel<T>> _watches = [];

    /// <summary>Everybody who follows hears of a change.</summary>
    public void Tell(T change)
    {
        foreach (Channel<T> watch in _watches)
        {
            _ = watch.Writer.TryWrite(change);
        }
    }

    /// <summary>Writes what there is, and then each change, until it is cancelled.</summary>
    public async Task Follow(IEnumerable<T> now, IServerStreamWriter<T> to, CancellationToken cancellation)
    {
        Channel<T> watch = Channel.CreateUnbounded<T>();
        foreach (T each in now)
        {
            _ = watch.Writer.TryWrite(each);
        }

        _ = _watches.Add(watch);
        try
        {
            while (await watch.Reader.WaitToReadAsync(cancellation))
            {
                while (watch.Reader.TryRead(out T? change))
                {
                    await to.WriteAsync(change, CancellationToken.None);
                }
            }
        }
        finally
        {
            _ = _watches.Remove(watch);
        }
    }
}
