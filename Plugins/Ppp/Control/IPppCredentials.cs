using RouterOS.Ppp.Wire;

namespace RouterOS.Ppp.Control;

/// <summary>How this side proves who it is, in the client's role.</summary>
internal interface IPppCredentials
{
    string Name { get; }

    /// <summary>The password of PAP; null where PAP is not done.</summary>
    byte[]? Password { get; }

    /// <summary>The answer to a challenge; null for a method that is not done.</summary>
    byte[]? Respond(AuthenticationMethod method, byte identifier, ReadOnlySpan<byte> challenge);

    /// <summary>True when what the peer says on success proves that it knows the password, too (MS-CHAPv2).</summary>
    bool IsRight(AuthenticationMethod method, ReadOnlySpan<byte> successMessage);
}
