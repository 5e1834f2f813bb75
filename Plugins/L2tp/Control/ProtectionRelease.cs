using System.Runtime.ExceptionServices;
using Grpc.Core;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Plugins;

namespace RouterOS.L2tp.Control;

/// <summary>Tells IKE that the IPsec connection of a tunnel is not needed any more.</summary>
internal sealed class ProtectionRelease(IControlContext context)
{
    private readonly Ike.IkeClient _ike = new(context.Bus.Invoker);

    public void Release(L2tpTunnel tunnel)
    {
        if (tunnel.Ends.Protection == 0)
        {
            return;
        }

        L2tpLog.ProtectionReleased(context.Log, tunnel.Ends.Protection, Ipv4.Text(tunnel.Ends.RemoteAddress));
        Ask(tunnel.Ends.Protection).ContinueWith(
            t => context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task Ask(uint protection)
    {
        try
        {
            ListVpnsReply vpns = await _ike.ListVpnsAsync(new ListVpnsRequest());
            foreach (VpnState vpn in vpns.Vpns.Where(v => v.Protection == protection))
            {
                _ = await _ike.ClearPhase2Async(new ClearRequest { Index = vpn.TunnelId });
            }
        }
        catch (RpcException)
        {
            // Without IKE there is nothing to end.
        }
    }
}
