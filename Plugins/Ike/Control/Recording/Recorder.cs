using Google.Protobuf;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Recording;

/// <summary>Takes down what decides how IKE goes on with one peer, and what it does.</summary>
/// <remarks>Used on the plugin's strand; random bytes are also drawn elsewhere.</remarks>
internal sealed class Recorder(TimeProvider time, Action<RecordedEvent> write)
{
    private readonly Lock _gate = new();
    private volatile bool _isOver;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Nothing is taken down any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Takes an event down, unless it is over.</summary>
    public void Add(RecordedEvent happened)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                happened.At = (ulong)(time.GetUtcNow() - Started).Ticks;
                write(happened);
            }
        }
    }

    /// <summary>A state, a timer or a failure.</summary>
    public void Line(string line) => Add(new RecordedEvent { Line = line });

    /// <summary>Random bytes.</summary>
    public void Drawn(ReadOnlySpan<byte> bytes) => Add(new RecordedEvent { Drawn = ByteString.CopyFrom(bytes) });

    /// <summary>Something has been waited for since a moment.</summary>
    public void Waited(Waited waited, DateTimeOffset since)
    {
        waited.Duration = (ulong)(time.GetUtcNow() - since).Ticks;
        Add(new RecordedEvent { Waited = waited });
    }

    /// <summary>The last event.</summary>
    public void End(RecordingEnd end)
    {
        Add(new RecordedEvent { End = end });
        lock (_gate)
        {
            _isOver = true;
        }
    }
}
