namespace RouterOS.L2tp.Control;

/// <summary>Hears what operators should know.</summary>
internal interface ITunnelLog
{
    void TunnelUp(L2tpTunnel tunnel);

    void TunnelDown(L2tpTunnel tunnel);

    void SessionUp(L2tpSession session);

    void SessionDown(L2tpSession session);

    void AuthenticationFailed(L2tpTunnel tunnel, string reason);

    /// <summary>A request that was not answered.</summary>
    void Refused(TunnelEnds ends, string host, string reason);
}
