namespace RouterOS.L2tp.Control;

/// <summary>Whose control messages a <see cref="ControlChannel"/> carries.</summary>
internal interface IControlUser
{
    /// <summary>Takes the messages of the peer in order.</summary>
    void Take(ushort sessionId, byte[] body);

    /// <summary>The peer has not answered for too long.</summary>
    void Lost();
}
