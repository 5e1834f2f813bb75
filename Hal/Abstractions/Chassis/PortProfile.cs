namespace RouterOS.Abstractions.Chassis;

/// <summary>A port of the chassis.</summary>
/// <param name="Name">Name as configured and shown: <c>ge-0/0/1</c>.</param>
/// <param name="Media">Media: <c>fe</c>, <c>ge</c>, <c>xe</c>.</param>
/// <param name="BitsPerSecond">Nominal speed.</param>
public sealed record PortProfile(string Name, string Media, long BitsPerSecond);
