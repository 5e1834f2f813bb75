namespace RouterOS.Dvmrp.Control;

/// <summary>What DVMRP needs of the router.</summary>
internal interface IDvmrpEnvironment
{
    /// <summary>Milliseconds of a clock that never goes back.</summary>
    long Now { get; }

    /// <summary>Routing instance of an interface.</summary>
    uint InstanceOf(uint index);

    /// <summary>Sends a message.</summary>
    void Send(DvmrpInterface link, uint destination, byte[] message);

    /// <summary>Programs an entry.</summary>
    void Program(DvmrpEntry entry);

    /// <summary>Takes an entry away.</summary>
    void Withdraw(DvmrpEntry entry);

    /// <summary>Tells operators, at a bounded rate.</summary>
    void Tell(DvmrpNotice notice, string name, uint address, int number);
}
