namespace RouterOS.Radius.Control;

/// <summary>What is asked; written anew for each server, whose secret goes into it.</summary>
internal interface IRadiusQuestion
{
    /// <summary>It changes with the time that passes, so each sending is a request of its own (RFC 2866 section 5.2).</summary>
    bool ChangesWithTime { get; }

    /// <summary>The packet.</summary>
    /// <param name="asked">To whom, from where, and when.</param>
    /// <param name="random">16 bytes for the Request Authenticator of an Access-Request.</param>
    byte[] Write(in QuestionContext asked, ReadOnlySpan<byte> random);
}

/// <summary>Circumstances of one sending.</summary>
/// <param name="Server">Who is asked.</param>
/// <param name="Source">Our address.</param>
/// <param name="NasIdentifier">Our name; may be empty.</param>
/// <param name="Identifier">Number of the packet.</param>
/// <param name="Delay">Since it happened.</param>
/// <param name="Now">The time.</param>
internal readonly record struct QuestionContext(
    ServerPolicy Server, uint Source, string NasIdentifier, byte Identifier, TimeSpan Delay, DateTimeOffset Now);
