namespace RouterOS.Sdk.Plugins;

/// <summary>An IPv4 packet of a capture.</summary>
/// <param name="Number">Number of its frame, from 1.</param>
/// <param name="Time">When it was captured.</param>
/// <param name="Bytes">The packet from its IPv4 header on.</param>
public readonly record struct CapturedPacket(int Number, DateTimeOffset Time, ReadOnlyMemory<byte> Bytes);
