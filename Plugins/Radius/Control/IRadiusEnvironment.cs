namespace RouterOS.Radius.Control;

/// <summary>What the client needs of the world; a test owns all of it.</summary>
internal interface IRadiusEnvironment
{
    /// <summary>The time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Runs work after a delay, unless the result is disposed of before.</summary>
    IDisposable After(TimeSpan delay, Action work);

    /// <summary>Unpredictable bytes.</summary>
    void Fill(Span<byte> bytes);

    /// <summary>Number of the routing instance of a virtual router; a number that nothing has where there is none.</summary>
    uint InstanceOf(string virtualRouter);

    /// <summary>Our address towards a server; 0: there is no way to it.</summary>
    uint SourceTowards(uint instance, uint server);

    /// <summary>Sends a datagram.</summary>
    void Send(uint instance, uint source, ushort sourcePort, uint destination, ushort destinationPort, byte[] packet);

    /// <summary>A server has not answered.</summary>
    void ServerIsSilent(RadiusServer server);

    /// <summary>A server that had not answered has.</summary>
    void ServerIsBack(RadiusServer server);

    /// <summary>An answer came that nobody who knows our secret has written.</summary>
    void AnswerIsForged(RadiusServer server, bool withoutProof);
}
