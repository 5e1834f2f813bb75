using System.Globalization;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Table "sa-in" or "sa-out": takes its rows and answers its snapshots.</summary>
/// <remarks>
/// A row that is written again keeps sequence, window and counters, also over a restart of the process; a row with other algorithms or
/// keys under the same SPI is a new SA.
/// </remarks>
internal sealed unsafe class SaRows(EspTables tables, INodeRegistry registry, CryptoDirection direction) : IRowSink, ISnapshotSource
{
    // Keys are numbers here: of an inbound row the SPI, of an outbound one protection and SPI. Values: records, and ids of protections of
    // other workers, as far as packets must find their way there.
    private readonly GrowingMap _sas = new();
    private readonly GrowingMap _foreign = new();
    private readonly bool _outbound = direction == CryptoDirection.Encrypt;

    private string Table => _outbound ? EspTables.OutboundTable : EspTables.InboundTable;

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (!SaRowReader.TryRead(row, out SaRowSource source, out string? error))
        {
            return error;
        }

        ulong id = IdOf(source.Protection, source.Spi);
        if (!TryParseKey(key, out ulong named) || named != id)
        {
            return $"The key '{key}' is not the one of SA {source.Spi} of protection {source.Protection}.";
        }

        if (_foreign.Find(id) is var known and not 0 && known != ForeignOf(source))
        {
            Remove(id);
        }

        if (!tables.IsOwn(source.Protection))
        {
            return SetForeign(id, source);
        }

        if (source.IsExtended && source.ReplayWindow == 0 && !_outbound)
        {
            return $"SA {source.Spi} has extended sequence numbers and no replay window, which alone tells their upper half.";
        }

        ulong fingerprint = SaRowReader.Fingerprint(source);
        SecurityAssociation? sa = Find(id);
        if (sa is { } old && (old.Row->Fingerprint != fingerprint || old.Protection.Id != source.Protection))
        {
            Remove(id);
            sa = null;
        }

        sa ??= Create(id, source, fingerprint, out error);
        // Without integrity nothing proves a sequence number, so there is nothing to hold a window against.
        sa?.Configure(source.Selector, source.TagBytes == 0 ? 0 : source.ReplayWindow, source.SoftBytes, source.HardBytes);
        if (sa is { IsOutbound: true } outbound)
        {
            tables.Refresh(outbound.Protection);
        }

        return error;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (TryParseKey(key, out ulong id))
        {
            Remove(id);
        }
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        if (key.Length == 0)
        {
            ReadSome(0, int.MaxValue, write);
        }
        else if (TryParseKey(key, out ulong id) && Find(id) is { } sa)
        {
            write(sa.Key, StateOf(sa).ToByteArray());
        }
    }

    /// <inheritdoc/>
    public ulong ReadSome(ulong from, int most, Action<string, byte[]> write)
    {
        ulong next = from;
        for (; most > 0 && next < (ulong)tables.Records.Count; next++, most--)
        {
            if (tables.Records.At((int)next) is { } sa && sa.IsOutbound == _outbound)
            {
                write(sa.Key, StateOf(sa).ToByteArray());
            }
        }

        return next < (ulong)tables.Records.Count ? next : 0;
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
        OtherBytes = sa.Row->OtherBytes,
    };

    private SecurityAssociation? Find(ulong id) => _sas.Find(id) is var record and not 0 ? tables.Records.Owner((SaRecord*)record) : null;

    private void Remove(ulong id)
    {
        if (_foreign.Remove(id) is var foreign and not 0)
        {
            tables.RemoveForeign((uint)foreign, (uint)id, _outbound);
        }

        if (_sas.Remove(id) is not (var record and not 0))
        {
            return;
        }

        SecurityAssociation sa = tables.Records.Owner((SaRecord*)record);
        Protection protection = sa.Protection;
        (ICryptoEngine engine, nint cryptoKey) = (sa.Queue.Engine, sa.CryptoKey);
        // What it has sealed or opened leaves under its key.
        tables.Settle();
        // Protections show sums over all SAs they ever had.
        protection.Row->Add(*sa.Row, _outbound, sa.IsAh);
        tables.Remove(sa);
        engine.DestroyKey(cryptoKey);
        registry.Arena.Release(Table, id);
        tables.ForgetIfUnused(protection);
    }

    private string? SetForeign(ulong id, in SaRowSource source)
    {
        if (_foreign.Find(id) != 0)
        {
            return null;
        }

        // The SPI may have been an SA of this worker.
        Remove(id);
        if (!tables.AddForeign(source.Protection, source.Spi, _outbound, source.IsAh))
        {
            return "The arena of run-time rows is full.";
        }

        _foreign.Set(id, ForeignOf(source));
        return null;
    }

    private static nint ForeignOf(in SaRowSource source) => (nint)(source.Protection | (source.IsAh ? 1ul << 32 : 0));

    private ulong IdOf(uint protection, uint spi) => _outbound ? ((ulong)protection << 32) | spi : spi;

    // Decimal numbers without leading zeros: one key for each row.
    private bool TryParseKey(ReadOnlySpan<char> key, out ulong id)
    {
        id = 0;
        int slash = key.IndexOf('/');
        uint protection = 0;
        if (slash >= 0 != _outbound || (_outbound && !TryParse(key[..slash], out protection)) || !TryParse(key[(slash + 1)..], out uint spi))
        {
            return false;
        }

        id = IdOf(protection, spi);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text[0] != '0' || text.Length == 1);

    private SecurityAssociation? Create(ulong id, in SaRowSource source, ulong fingerprint, out string? error)
    {
        error = null;
        CryptoSuite suite = source.Suite;
        ICryptoEngine engine;
        nint cryptoKey;
        try
        {
            engine = registry.CryptoFor(suite, direction);
            cryptoKey = engine.CreateKey(suite, direction, source.CipherKey, source.MacKey);
        }
        catch (Exception refusal) when (refusal is NotSupportedException or ArgumentException)
        {
            error = refusal.Message;
            return null;
        }

        Protection? protection = tables.MakeProtection(source.Protection);
        var row = protection is null ? null
            : (SaRuntimeRecord*)registry.Arena.Attach(Table, id, SaRuntimeRecord.Version, out _);
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

        SecurityAssociation sa = tables.Records.Owner(tables.Records.Add());
        sa.Create(source, _outbound, protection, tables.QueueFor(engine, suite, direction), cryptoKey, row);
        _sas.Set(id, (nint)sa.Record);
        tables.Add(sa);
        return sa;
    }
}
