using RouterOS.Sdk.Intents;

namespace RouterOS.Sdk.Plugins;

/// <summary>A control plugin that can tell, offline, what packets of its protocol in a capture say: <c>routeros explain</c>.</summary>
/// <remarks>Pure: no I/O, no state; whatever the bytes, it does not throw.</remarks>
public interface ICaptureExplainer
{
    /// <summary>Explains packets in the order of the capture.</summary>
    /// <param name="packets">IPv4 packets.</param>
    /// <param name="intents">What a configuration asks for, so that its lines can be named; null without one.</param>
    /// <param name="key">A preshared key to try; null for none.</param>
    /// <returns>Lines of text.</returns>
    IReadOnlyList<string> Explain(IReadOnlyList<CapturedPacket> packets, IntentSet? intents, string? key);
}
