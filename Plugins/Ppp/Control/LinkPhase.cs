namespace RouterOS.Ppp.Control;

/// <summary>Phases of a link, RFC 1661 section 3.2.</summary>
internal enum LinkPhase
{
    Establish,
    Authenticate,
    Network,
    Terminate,
}
