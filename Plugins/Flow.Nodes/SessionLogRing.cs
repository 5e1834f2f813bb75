using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What policies want logged of sessions, until the routing engine takes it (snapshot "flow-log"). Bounded, in number and a second.</summary>
internal sealed class SessionLogRing(int worker) : ISnapshotSource
{
    /// <summary>Entries of one second; those above are counted.</summary>
    public const int PerSecond = 1000;

    /// <summary>Entries that wait for a routing engine that is away.</summary>
    public const int Capacity = 2048;

    private SessionLogEntry[] _entries = [];
    private ulong _first;
    private ulong _next;
    private uint _second;
    private int _inSecond;

    /// <summary>Entries that were left out because there were too many.</summary>
    public ulong LeftOut { get; private set; }

    public bool IsEmpty => _first == _next;

    /// <summary>A place to write the next entry into; <paramref name="isFull"/> when it is left out and the place is nobody's.</summary>
    public ref SessionLogEntry Next(uint now, out bool isFull)
    {
        // Routers whose policies log nothing have no memory for it.
        _entries = _entries.Length == 0 ? new SessionLogEntry[Capacity] : _entries;
        (_second, _inSecond) = now == _second ? (_second, _inSecond) : (now, 0);
        isFull = _inSecond == PerSecond || _next - _first == Capacity;
        if (isFull)
        {
            LeftOut++;
            return ref _entries[0];
        }

        _inSecond++;
        return ref _entries[_next++ % Capacity];
    }

    /// <summary>Entries are taken all together: see <see cref="ReadSome"/>.</summary>
    public void Read(string key, Action<string, byte[]> write)
    {
    }

    /// <inheritdoc/>
    public ulong ReadSome(ulong from, int most, Action<string, byte[]> write)
    {
        for (; most > 0 && !IsEmpty; most--, _first++)
        {
            ref SessionLogEntry entry = ref _entries[_first % Capacity];
            write(string.Create(CultureInfo.InvariantCulture, $"{worker}-{_first}"), Describe(entry).ToByteArray());
        }

        return IsEmpty ? 0 : 1u;
    }

    private static SessionEvent Describe(in SessionLogEntry entry) => new()
    {
        Kind = entry.Kind,
        Reason = entry.Reason,
        Session = FlowSnapshots.Describe(entry.Session, entry.Id, entry.Source6, entry.Destination6, entry.Session.Expires),
        FromZone = entry.Session.FromZone,
        ToZone = entry.Session.ToZone,
        ElapsedSeconds = entry.ElapsedSeconds,
    };
}
