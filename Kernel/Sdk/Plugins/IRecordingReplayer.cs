using RouterOS.Sdk.Intents;

namespace RouterOS.Sdk.Plugins;

/// <summary>A control plugin that can go through a recording of its protocol again, offline: <c>routeros replay</c>.</summary>
/// <remarks>No I/O, no state outside; whatever the bytes, it does not throw.</remarks>
public interface IRecordingReplayer
{
    /// <summary>Replays a recording; null where the file is none of this protocol.</summary>
    /// <param name="file">The file.</param>
    /// <param name="intents">Another configuration than the recorded one; null for that.</param>
    /// <param name="crypto">What it computes with.</param>
    ReplayResult? Replay(ReadOnlyMemory<byte> file, IntentSet? intents, ReplayCrypto crypto);
}
