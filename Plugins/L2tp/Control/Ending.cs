using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>Why a tunnel or a session ended.</summary>
/// <param name="Result">Result code of the message that said so; 0 where none was sent.</param>
/// <param name="Error">General error code.</param>
/// <param name="Message">In words.</param>
/// <param name="ByPeer">The peer wanted it so.</param>
/// <param name="Cause">PPP Disconnect Cause Code (RFC 3145); 0: none.</param>
internal sealed record Ending(ushort Result, GeneralError Error, string Message, bool ByPeer = false, ushort Cause = 0)
{
    /// <summary>Protocol whose negotiation failed, and at which end, as in the PPP Disconnect Cause Code AVP.</summary>
    public (ushort Protocol, byte Direction) CauseDetail { get; init; }
}
