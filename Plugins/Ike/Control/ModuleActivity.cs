using Grpc.Core;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Ike.Control;

/// <summary>Counters of the modules that negotiations depend on. One read serves every peer that asks within a second, longer where reading takes long.</summary>
internal sealed class ModuleActivity(IkeRuntime runtime)
{
    // Reading those of 20,000 peers keeps the control plane busy: a twentieth of the time is enough for it.
    private const int Share = 20;

    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stale = TimeSpan.FromSeconds(5);

    private Task<Dictionary<uint, (ulong Decrypted, ulong Encrypted)>>? _read;
    private DateTimeOffset _readAgain;

    /// <summary>Packets decrypted and encrypted by some protections; the sums only rise.</summary>
    public async Task<(ulong Decrypted, ulong Encrypted)> TrafficAsync(IEnumerable<uint> protections)
    {
        uint[] ids = [.. protections];
        if (_read is null || (_read.IsCompleted && runtime.Now >= _readAgain))
        {
            _read = ReadAsync();
        }

        Dictionary<uint, (ulong Decrypted, ulong Encrypted)> counts = await _read;
        (ulong decrypted, ulong encrypted) = (0ul, 0ul);
        foreach (uint id in ids)
        {
            if (counts.TryGetValue(id, out (ulong Decrypted, ulong Encrypted) count))
            {
                decrypted += count.Decrypted;
                encrypted += count.Encrypted;
            }
        }

        return (decrypted, encrypted);
    }

    /// <summary>Where the peer's newest packet came from, by address and port; null when that is nothing new.</summary>
    public async Task<PeerEndpoints?> PeerAsync(uint protection)
    {
        try
        {
            IReadOnlyList<KeyValuePair<string, ProtectionState>> rows = await runtime.Context.Modules.Snapshot<ProtectionState>(
                ProtectionTables.Protection, ProtectionTables.Key(protection));
            ProtectionState? moved = rows.Select(r => r.Value).FirstOrDefault(
                s => (s.PeerAddress != 0 || !s.PeerAddress6.IsEmpty) && s.PeerPort is > 0 and <= ushort.MaxValue);
            return moved is null ? null
                : new(0, PeerEndpoints.NatPort, PeerAddress.Of(moved.PeerAddress, moved.PeerAddress6), (ushort)moved.PeerPort);
        }
        catch (RpcException)
        {
            // No module is attached: the next packet raises the event again.
            return null;
        }
    }

    /// <summary>Packets that an inbound SA has decrypted.</summary>
    public async Task<ulong> InboundPacketsAsync(uint spi)
    {
        try
        {
            IReadOnlyList<KeyValuePair<string, SaState>> rows =
                await runtime.Context.Modules.Snapshot<SaState>(ProtectionTables.Inbound, ProtectionTables.Key(spi));
            return rows.Aggregate(0ul, (sum, row) => sum + row.Value.Packets);
        }
        catch (RpcException)
        {
            // No module is attached: nothing is known, which is not the same as silence; the caller asks again.
            return 0;
        }
    }

    private async Task<Dictionary<uint, (ulong Decrypted, ulong Encrypted)>> ReadAsync()
    {
        Dictionary<uint, (ulong Decrypted, ulong Encrypted)> counts = [];
        DateTimeOffset begun = runtime.Now;
        _readAgain = begun + s_fresh;
        try
        {
            foreach ((_, ProtectionState state) in await runtime.Context.Modules.Snapshot<ProtectionState>(ProtectionTables.Protection))
            {
                (ulong decrypted, ulong encrypted) = counts.GetValueOrDefault(state.Id);
                counts[state.Id] = (decrypted + state.DecryptedPackets, encrypted + state.EncryptedPackets);
            }
        }
        catch (RpcException)
        {
            // As above: probes that are under way decide.
        }

        TimeSpan pause = (runtime.Now - begun) * Share;
        _readAgain = begun + (pause < s_fresh ? s_fresh : pause > s_stale ? s_stale : pause);
        return counts;
    }
}
