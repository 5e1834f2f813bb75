namespace RouterOS.Forwarding;

/// <summary>Edge numbers with a meaning in every node.</summary>
public static class GraphEdge
{
    /// <summary>On with the arc that the packet is in (<c>ArcPosition</c>): the next feature, or the arc's end.</summary>
    public const ushort Continue = 0xffff;

    /// <summary>Drop: the buffer is freed; the node has counted the reason.</summary>
    public const ushort Drop = 0xfffe;

    /// <summary>The node has taken the packet over (queued, submitted or freed it); the graph forgets it.</summary>
    public const ushort Consumed = 0xfffd;

    /// <summary>Answer with an ICMP error: <c>IcmpReply</c> says which one; the packet is then dropped.</summary>
    public const ushort IcmpError = 0xfffc;
}
