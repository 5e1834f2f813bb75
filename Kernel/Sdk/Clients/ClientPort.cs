namespace RouterOS.Sdk.Clients;

/// <summary>UDP ports of a server that a client's datagrams go to and come from.</summary>
public enum ClientPort
{
    /// <summary>IKE, 500.</summary>
    Isakmp = 500,

    /// <summary>IKE and ESP behind NATs, 4500.</summary>
    NatTraversal = 4500,

    /// <summary>L2TP in the clear, 1701.</summary>
    L2tp = 1701,
}
