using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Table "sa-in" or "sa-out": takes its rows and answers its snapshots.</summary>
/// <remarks>
/// A row that is written again keeps sequence, window and counters, also over a restart of the process; a row with other algorithms or
/// keys under the same SPI is a new SA.
/// </remarks>
internal sealed unsafe class SaRows(EspTables tables, INodeRegistry registry, CryptoDirection direction) : IRowSink, ISnapshotSource
{
    private readonly Dictionary<string, SecurityAssociation> _sas = [];

    // SAs of other workers, as far as packets must find their way there.
    private readonly Dictionary<string, (uint Protection, uint Spi)> _foreign = [];
    private readonly bool _outbound = direction == CryptoDirection.Encrypt;

    private string Table => _outbound ? EspTables.OutboundTable : EspTables.InboundTable;

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (SaRowReader.Read(row, out CryptoSuite suite, out string? error) is not { } source)
        {
            return error;
        }

        try
        {
            if (key != (_outbound ? $"{source.Protection}/{source.Spi}" : $"{source.Spi}"))
            {
                return $"The key '{key}' is not the one of SA {source.Spi} of protection {source.Protection}.";
            }

            if (_foreign.TryGetValue(key, out (uint Protection, uint Spi) known) && known.Protection != source.Protection)
            {
                Remove(key);
            }

            if (!tables.IsOwn(source.Protection))
            {
                return SetForeign(key, source);
            }

            ulong fingerprint = SaRowReader.Fingerprint(source, suite);
            if (_sas.TryGetValue(key, out SecurityAssociation? sa)
                && (sa.Row->Fingerprint != fingerprint || sa.Protection.Id != source.Protection))
            {
                Remove(key);
                sa = null;
            }

            sa ??= Create(key, source, suite, fingerprint, out error);
            // Without integrity nothing proves a sequence number, so there is nothing to hold a window against.
            sa?.Configure(
                new TrafficSelector(source.Selector), suite.TagBytes == 0 ? 0 : source.ReplayWindow, source.SoftBytes,
                source.HardBytes);
            if (sa is { IsOutbound: true })
            {
                tables.Refresh(sa.Protection);
            }

            return error;
        }
        finally
        {
            SaRowReader.Wipe(source);
        }
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (_foreign.Remove(key, out (uint Protection, uint Spi) foreign))
        {
            tables.RemoveForeign(foreign.Protection, foreign.Spi, _outbound);
        }

        if (!_sas.Remove(key, out SecurityAssociation? sa))
        {
            return;
        }

        // What it has sealed or opened leaves under its key.
        tables.Settle();
        // Protections show sums over all SAs they ever had.
        sa.Protection.Row->Add(*sa.Row, _outbound);
        tables.Remove(sa);
        sa.Queue.Engine.DestroyKey(sa.CryptoKey);
        registry.Arena.Release(Table, ArenaKey(sa.Protection.Id, sa.Spi));
        tables.ForgetIfUnused(sa.Protection);
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        foreach (SecurityAssociation sa in _sas.Values)
        {
            if (key.Length == 0 || key == sa.Key)
            {
                write(sa.Key, StateOf(sa).ToByteArray());
            }
        }
    }

    private static SaState StateOf(SecurityAssociation sa) => new()
    {
        Spi = sa.Spi,
        Protection = sa.Protection.Id,
        Sequence = sa.Row->Sequence,
        Packets = sa.Row->Packets,
        Bytes = sa.Row->Bytes,
        Replayed = sa.Row->Replayed,
        AuthenticationFailed = sa.Row->AuthenticationFailed,
        DecryptionFailed = sa.Row->DecryptionFailed,
        BadHeader = sa.Row->BadHeader,
        BadTrailer = sa.Row->BadTrailer,
        SelectorMismatch = sa.Row->SelectorMismatch,
    };

    private string? SetForeign(string key, SaRow source)
    {
        if (_foreign.ContainsKey(key))
        {
            return null;
        }

        // The SPI may have been an SA of this worker.
        Remove(key);
        if (!tables.AddForeign(source.Protection, source.Spi, _outbound))
        {
            return "The arena of run-time rows is full.";
        }

        _foreign.Add(key, (source.Protection, source.Spi));
        return null;
    }

    private ulong ArenaKey(uint protection, uint spi) => _outbound ? ((ulong)protection << 32) | spi : spi;

    private SecurityAssociation? Create(string key, SaRow source, CryptoSuite suite, ulong fingerprint, out string? error)
    {
        error = null;
        ICryptoEngine engine;
        nint cryptoKey;
        try
        {
            engine = registry.CryptoFor(suite, direction);
            cryptoKey = engine.CreateKey(suite, direction, source.CipherKey.Span, source.MacKey.Span);
        }
        catch (Exception refusal) when (refusal is NotSupportedException or ArgumentException)
        {
            error = refusal.Message;
            return null;
        }

        Protection? protection = tables.MakeProtection(source.Protection);
        ulong arenaKey = ArenaKey(source.Protection, source.Spi);
        var row = protection is null ? null
            : (SaRuntimeRecord*)registry.Arena.Attach(Table, arenaKey, SaRuntimeRecord.Version, out _);
        if (protection is null || row == null)
        {
            engine.DestroyKey(cryptoKey);
            if (protection is not null)
            {
                tables.ForgetIfUnused(protection);
            }

            error = "The arena of run-time rows is full.";
            return null;
        }

        if (row->Fingerprint != fingerprint)
        {
            // New, or a leftover of another SA that had this SPI.
            *row = default;
            row->Fingerprint = fingerprint;
        }

        byte number = tables.QueueFor(engine, direction);
        CryptoQueue queue = (_outbound ? tables.EncryptQueues : tables.DecryptQueues)[number];
        SecurityAssociation sa = new(key, source.Spi, _outbound, protection, suite, queue, number, cryptoKey, row, tables.Records);
        _sas.Add(key, sa);
        tables.Add(sa);
        return sa;
    }
}
