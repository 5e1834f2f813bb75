using System.Globalization;
using System.Text.RegularExpressions;
using RouterOS.Sdk.Logging;

namespace RouterOS.Core.Logging;

/// <summary>The router's trace files: the last lines of each in memory for <c>show log</c>, all of them in a file that is rotated.</summary>
/// <remarks>Safe from any thread. Bounded: files, lines in memory, and lines a second.</remarks>
public sealed class TraceFiles : ITraces, IDisposable
{
    /// <summary>Lines of a file that are kept in memory.</summary>
    public const int Kept = 5000;

    /// <summary>Lines of a file in one second; those above are counted.</summary>
    public const int PerSecond = 2000;

    private const int MaximumFiles = 32;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Trace> _traces = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly string? _folder;

    /// <summary>Makes the set.</summary>
    /// <param name="time">The clock of the lines.</param>
    /// <param name="folder">Folder of the files; null for none.</param>
    public TraceFiles(TimeProvider time, string? folder) => (_time, _folder) = (time, folder);

    /// <summary>Names of the traces, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _traces.Keys];
            }
        }
    }

    /// <inheritdoc/>
    public ITrace Open(TraceFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        lock (_lock)
        {
            if (!_traces.TryGetValue(file.Name, out Trace? trace))
            {
                if (_traces.Count == MaximumFiles)
                {
                    Trace oldest = _traces.Values.MinBy(t => t.Written)!;
                    oldest.Dispose();
                    _traces.Remove(oldest.Name);
                }

                _traces[file.Name] = trace = new Trace(_time, file, _folder);
            }

            trace.Apply(file);
            return trace;
        }
    }

    /// <summary>Lines of a trace that are in memory, oldest first; null when there is no such trace.</summary>
    public IReadOnlyList<string>? Lines(string name)
    {
        lock (_lock)
        {
            return _traces.GetValueOrDefault(name)?.Lines;
        }
    }

    /// <summary>Empties a trace; false when there is no such trace.</summary>
    public bool Clear(string name)
    {
        lock (_lock)
        {
            _traces.GetValueOrDefault(name)?.Clear();
            return _traces.ContainsKey(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Trace trace in _traces.Values)
            {
                trace.Dispose();
            }
        }
    }

    private sealed class Trace(TimeProvider time, TraceFile first, string? folder) : ITrace, IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Queue<string> _lines = new();
        private readonly RotatingFile? _file = folder is null ? null
            : new RotatingFile(Path.Combine(folder, first.Name), first.WorldReadable) { Limit = first.Bytes, OldFiles = first.Files - 1 };

        private Regex? _match;
        private long _second;
        private int _inSecond;
        private int _leftOut;

        public string Name => first.Name;

        public DateTimeOffset Written { get; private set; } = time.GetUtcNow();

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock)
                {
                    return [.. _lines];
                }
            }
        }

        public void Apply(TraceFile file)
        {
            lock (_lock)
            {
                _match = file.Match.Length == 0 ? null : new Regex(file.Match, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                if (_file is not null)
                {
                    (_file.Limit, _file.OldFiles) = (file.Bytes, file.Files - 1);
                }
            }
        }

        public void Write(string line)
        {
            string clean = EventLog.Clean(line);
            lock (_lock)
            {
                if (_match?.IsMatch(clean) == false)
                {
                    return;
                }

                Written = time.GetUtcNow();
                long second = Written.ToUnixTimeSeconds();
                if (second != _second)
                {
                    if (_leftOut > 0)
                    {
                        Keep($"{_leftOut} lines left out: more than {PerSecond} in a second");
                    }

                    (_second, _inSecond, _leftOut) = (second, 0, 0);
                }

                if (++_inSecond > PerSecond)
                {
                    _leftOut++;
                    return;
                }

                Keep(clean);
            }
        }

        public void Clear()
        {
            lock (_lock)
            {
                _lines.Clear();
                _file?.Clear();
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _file?.Dispose();
            }
        }

        private void Keep(string line)
        {
            string stamped = Written.UtcDateTime.ToString("MMM dd HH:mm:ss.ffffff ", CultureInfo.InvariantCulture) + line;
            _lines.Enqueue(stamped);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }

            _file?.WriteLine(stamped);
        }
    }
}
