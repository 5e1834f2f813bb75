using Grpc.Core;
using RouterOS.Proto.Esp.V1;
using RouterOS.Sdk.Tables;
using Service = RouterOS.Proto.Esp.V1.Esp;

namespace RouterOS.Esp.Control;

/// <summary>Service <c>routeros.esp.v1.Esp</c>: statistics out of the modules' snapshots.</summary>
/// <remarks>Runs on the plugin's strand.</remarks>
internal sealed class EspShow(IModuleView modules) : Service.EspBase
{
    private const string ProtectionTable = "protection";

    private readonly EspBaselines _baselines = new();

    /// <inheritdoc/>
    public override async Task<EspStatistics> GetStatistics(GetStatisticsRequest request, ServerCallContext context) =>
        _baselines.Read(request.Protection, await Snapshot(request.Protection).ConfigureAwait(true));

    /// <inheritdoc/>
    public override async Task<ClearStatisticsReply> ClearStatistics(ClearStatisticsRequest request, ServerCallContext context)
    {
        _baselines.Clear(request.Protection, await Snapshot(request.Protection).ConfigureAwait(true));
        return new ClearStatisticsReply();
    }

    private async Task<IReadOnlyDictionary<uint, ProtectionState>> Snapshot(uint protection)
    {
        string key = protection == 0 ? string.Empty : $"{protection}";
        IReadOnlyList<KeyValuePair<string, ProtectionState>> rows =
            await modules.Snapshot<ProtectionState>(ProtectionTable, key).ConfigureAwait(true);
        Dictionary<uint, ProtectionState> states = [];
        foreach (ProtectionState state in rows.Select(r => r.Value))
        {
            // Every module has the row; only one carries its traffic.
            states[state.Id] = states.TryGetValue(state.Id, out ProtectionState? other) ? Sum(state, other) : state;
        }

        return states;
    }

    private static ProtectionState Sum(ProtectionState left, ProtectionState right) => new()
    {
        Id = left.Id,
        Name = left.Name,
        EncryptedPackets = left.EncryptedPackets + right.EncryptedPackets,
        EncryptedBytes = left.EncryptedBytes + right.EncryptedBytes,
        DecryptedPackets = left.DecryptedPackets + right.DecryptedPackets,
        DecryptedBytes = left.DecryptedBytes + right.DecryptedBytes,
        Replayed = left.Replayed + right.Replayed,
        AuthenticationFailed = left.AuthenticationFailed + right.AuthenticationFailed,
        DecryptionFailed = left.DecryptionFailed + right.DecryptionFailed,
        BadHeader = left.BadHeader + right.BadHeader,
        BadTrailer = left.BadTrailer + right.BadTrailer,
        NoSa = left.NoSa + right.NoSa,
        AhSentPackets = left.AhSentPackets + right.AhSentPackets,
        AhSentBytes = left.AhSentBytes + right.AhSentBytes,
        AhReceivedPackets = left.AhReceivedPackets + right.AhReceivedPackets,
        AhReceivedBytes = left.AhReceivedBytes + right.AhReceivedBytes,
        SentInnerBytes = left.SentInnerBytes + right.SentInnerBytes,
        ReceivedOuterBytes = left.ReceivedOuterBytes + right.ReceivedOuterBytes,
        ReceivedMismatch = left.ReceivedMismatch + right.ReceivedMismatch,
        SentMismatch = left.SentMismatch + right.SentMismatch,
        NotSent = left.NotSent + right.NotSent,
        AhAuthenticationFailed = left.AhAuthenticationFailed + right.AhAuthenticationFailed,
    };
}
