using System.Runtime.ExceptionServices;
using Grpc.Core;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Network;

namespace RouterOS.L2tp.Control;

/// <summary>IPsec connections of tunnels: tells IKE that one is not needed any more, and hears of those that have ended.</summary>
internal sealed class ProtectionRelease(IControlContext context)
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Ike.IkeClient _ike = new(context.Bus.Invoker);

    public void Release(L2tpTunnel tunnel)
    {
        if (tunnel.Ends.Protection != 0)
        {
            L2tpLog.ProtectionReleased(context.Log, tunnel.Ends.Protection, Ipv4Number.Text(tunnel.Ends.RemoteAddress));
            Release(tunnel.Ends.Protection);
        }
    }

    /// <summary>Has IKE end a connection and tell its peer.</summary>
    public void Release(uint protection)
    {
        if (protection == 0)
        {
            // For IKE that means all of them.
            return;
        }

        Ask(protection).ContinueWith(
            t => context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Hears of IPsec connections that have ended, for as long as the plugin lives.</summary>
    public async Task Watch(Action<uint> gone, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using AsyncServerStreamingCall<ProtectionGone> call = _ike.WatchProtections(new WatchProtectionsRequest(), cancellationToken: stop);
                while (await call.ResponseStream.MoveNext(stop))
                {
                    gone(call.ResponseStream.Current.Protection);
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // IKE is not there, or not yet.
            }

            TaskCompletionSource over = new();
            _ = context.Strand.Schedule(s_again, over.SetResult);
            await over.Task;
        }
    }

    private async Task Ask(uint protection)
    {
        try
        {
            _ = await _ike.ClearPhase2Async(new ClearRequest { Protection = protection });
        }
        catch (RpcException)
        {
            // Without IKE there is nothing to end.
        }
    }
}
