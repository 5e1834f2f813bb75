namespace RouterOS.Srx.Bindings;

/// <summary>A word of <c>host-inbound-traffic</c>, and the packets that it stands for.</summary>
/// <param name="Name">The word.</param>
/// <param name="Help">Its help.</param>
/// <param name="Packets">What it lets in; empty for the words that stand for all.</param>
internal sealed record HostService(string Name, string Help, params HostPackets[] Packets);
