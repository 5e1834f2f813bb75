using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;

namespace RouterOS.L2tp.Control;

/// <summary>Writes what happens to tunnels into the log; what strangers can cause only so often.</summary>
internal sealed class TunnelLog(ILogger log, IL2tpEnvironment environment) : ITunnelLog
{
    private readonly LogBudget _budget = new(10, TimeSpan.FromSeconds(10));

    public void TunnelUp(L2tpTunnel tunnel) =>
        L2tpLog.TunnelUp(log, tunnel.LocalId, tunnel.RemoteHost, Ipv4Number.Text(tunnel.Ends.RemoteAddress), tunnel.Profile?.Name ?? string.Empty);

    public void TunnelDown(L2tpTunnel tunnel)
    {
        if (MayWrite())
        {
            L2tpLog.TunnelDown(
                log, tunnel.LocalId, tunnel.RemoteHost, Ipv4Number.Text(tunnel.Ends.RemoteAddress), tunnel.Ending?.Message ?? string.Empty,
                tunnel.Ending?.Result ?? 0, (ushort)(tunnel.Ending?.Error ?? 0));
        }
    }

    public void SessionUp(L2tpSession session) => L2tpLog.SessionUp(log, session.Tunnel.LocalId, session.LocalId, session.Tunnel.RemoteHost);

    public void SessionDown(L2tpSession session) => L2tpLog.SessionDown(
        log, session.Tunnel.LocalId, session.LocalId, session.Tunnel.RemoteHost, session.Ending?.Message ?? string.Empty,
        session.Ending?.Result ?? 0, (ushort)(session.Ending?.Error ?? 0));

    public void AuthenticationFailed(L2tpTunnel tunnel, string reason)
    {
        if (MayWrite())
        {
            L2tpLog.AuthenticationFailed(log, tunnel.RemoteHost, Ipv4Number.Text(tunnel.Ends.RemoteAddress), tunnel.Profile?.Name ?? string.Empty, reason);
        }
    }

    public void Refused(TunnelEnds ends, string host, string reason)
    {
        if (MayWrite())
        {
            L2tpLog.Refused(log, host, Ipv4Number.Text(ends.RemoteAddress), reason);
        }
    }

    private bool MayWrite()
    {
        bool may = _budget.Take(environment.Now - DateTimeOffset.MinValue, out int leftOut);
        if (leftOut > 0)
        {
            L2tpLog.Suppressed(log, leftOut);
        }

        return may;
    }
}
