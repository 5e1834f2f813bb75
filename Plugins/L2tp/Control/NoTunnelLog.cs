namespace RouterOS.L2tp.Control;

/// <summary>Says nothing.</summary>
internal sealed class NoTunnelLog : ITunnelLog
{
    public void TunnelUp(L2tpTunnel tunnel)
    {
    }

    public void TunnelDown(L2tpTunnel tunnel)
    {
    }

    public void SessionUp(L2tpSession session)
    {
    }

    public void SessionDown(L2tpSession session)
    {
    }

    public void AuthenticationFailed(L2tpTunnel tunnel, string reason)
    {
    }

    public void Refused(TunnelEnds ends, string host, string reason)
    {
    }
}
