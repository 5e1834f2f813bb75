namespace RouterOS.Radius.Wire;

/// <summary>Acct-Status-Type, RFC 2866 section 5.1.</summary>
internal enum AccountingStatus : uint
{
    /// <summary>A session begins.</summary>
    Start = 1,

    /// <summary>A session has ended.</summary>
    Stop = 2,

    /// <summary>A session goes on.</summary>
    Interim = 3,

    /// <summary>The router has started: no session of earlier times goes on.</summary>
    On = 7,

    /// <summary>The router stops.</summary>
    Off = 8,
}
