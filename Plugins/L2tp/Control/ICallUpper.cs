using RouterOS.Proto.Ppp.V1;

namespace RouterOS.L2tp.Control;

/// <summary>What calls carry frames for: PPP.</summary>
internal interface ICallUpper
{
    /// <summary>A call is up: frames may go both ways.</summary>
    void Opened(L2tpSession session, LinkStart start);

    /// <summary>A frame of the peer, from its protocol number of two bytes on.</summary>
    void Frame(L2tpSession session, byte[] frame);

    /// <summary>Messages of the session's tunnel go to another place from now on.</summary>
    void Moved(L2tpSession session);

    /// <summary>A call that was up is over.</summary>
    void Ended(L2tpSession session);

    /// <summary>A tunnel is over, or has just become so.</summary>
    void TunnelEnded(L2tpTunnel tunnel);
}
