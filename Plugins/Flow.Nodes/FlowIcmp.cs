namespace RouterOS.Flow.Nodes;

/// <summary>Kinds of ICMP messages, as sessions see them.</summary>
internal enum FlowIcmp : byte
{
    /// <summary>Not ICMP.</summary>
    None = 0,

    /// <summary>Opens a session and waits for its reply.</summary>
    Query,

    /// <summary>Answers a query; means nothing without its session.</summary>
    Reply,

    /// <summary>Is about a packet that it quotes; means nothing without that packet's session.</summary>
    Error,

    /// <summary>Only a router on the host's own link may redirect it (RFC 1122 section 3.2.2.2), so none passes here.</summary>
    Redirect,

    /// <summary>Any other message: judged by policies as it is.</summary>
    Other,
}
